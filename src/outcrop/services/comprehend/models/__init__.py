"""Models that users train: their lives, their examples, their training and what it came to."""
