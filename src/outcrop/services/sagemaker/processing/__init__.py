"""A processing job from its request to its outputs."""
