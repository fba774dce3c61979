"""Placeholder entry point while the house is being raised."""
