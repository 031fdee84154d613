"""Reads by subject."""
