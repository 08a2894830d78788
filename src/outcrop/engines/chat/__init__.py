"""Chat: language models that continue a conversation."""
