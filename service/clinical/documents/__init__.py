"""What is published of the catalogue for people to read, as Markdown made from the definitions."""
