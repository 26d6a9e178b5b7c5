"""One indicator per file."""
