"""Video frames: a film as pictures that were taken out of it."""
