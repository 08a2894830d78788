"""Whether a text speaks well or ill of what it tells."""
