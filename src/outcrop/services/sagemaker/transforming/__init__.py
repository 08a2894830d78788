"""A transform job from its request to its predictions."""
