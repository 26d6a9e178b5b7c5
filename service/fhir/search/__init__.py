"""Search as values: the table of parameters, queries, extraction and matching."""
