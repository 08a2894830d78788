"""Moderation: whether an image shows what many do not want to see."""
