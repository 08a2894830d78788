"""What a collection of documents is about."""
