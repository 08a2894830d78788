"""What frameworks do where the user's module has no function of its own: one module each."""
