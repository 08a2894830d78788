"""The catalogue of model weights: find, pull, verify, place, licence."""
