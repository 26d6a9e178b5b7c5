"""What the records mean for therapy: pure functions and declarative tables."""
