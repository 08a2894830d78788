"""Faces: where they are in images, how they look, and whether two are one person's."""
