"""One instrument per file."""
