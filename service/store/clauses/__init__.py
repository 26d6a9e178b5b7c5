"""SQL conditions, one file per search parameter type."""
