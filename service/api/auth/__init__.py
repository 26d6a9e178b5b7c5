"""Who is asking: from the token of a request to what its bearer may do."""
