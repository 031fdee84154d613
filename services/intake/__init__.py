"""Intake: what was reported becomes incidents, in scope or routed elsewhere, activated by policy or by a
person.
"""
