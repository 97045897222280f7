"""Tries the access matrix against a running service, and tells what leaked."""
