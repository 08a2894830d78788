"""Private hubs and their contents, below the operations."""
