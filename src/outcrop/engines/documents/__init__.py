"""Documents read into text: PDF, Office files, web pages and plain text."""
