"""One module per format: bytes to text. Run in the reader's own process."""
