"""Readers of other people's files. A reader turns rows into reports for the door everybody uses, and
accounts for every row.
"""
