"""Containers whose models the server's own engines run: language models and embedders."""
