"""Watches feeds."""
