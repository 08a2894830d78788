"""The neural topic model's parts."""
