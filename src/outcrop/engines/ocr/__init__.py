"""Text that a picture shows, with the place of every line and word."""
