"""Requests that leave, all through one guarded client."""
