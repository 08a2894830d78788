"""What BlazingText leaves: floret's own files, and vectors as text."""

WORDS, CLASSES = "vectors.floret.bin", "model.bin"
"""Word vectors with their vocabulary; a classifier."""
VECTORS = "vectors.txt"
"""In word2vec's format, for other programs."""
LABEL = "__label__"
