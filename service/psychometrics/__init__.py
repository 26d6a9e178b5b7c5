"""Arithmetic on scores: public, pure, importable alone."""
