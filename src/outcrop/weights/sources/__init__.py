"""Where files of weights come from, one module per kind of place."""
