"""Revisions of the database's shape."""

HEAD = "2026_11_25_counts"
"""The last revision: what the code expects a database to be at."""
