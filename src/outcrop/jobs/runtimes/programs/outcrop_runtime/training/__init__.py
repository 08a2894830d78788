"""The default trainer: what a framework's image does when no script is given."""
