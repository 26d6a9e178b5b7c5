"""What is run by hand, one file a command."""
