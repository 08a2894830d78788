"""Embeddings: texts as vectors whose nearness is nearness in meaning."""
