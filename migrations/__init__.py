"""Revisions of the database's shape."""

HEAD = "2026_11_26_hashed"
"""The last revision: what the code expects a database to be at."""
