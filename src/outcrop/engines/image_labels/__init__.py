"""Image labels: what a picture shows, in words."""
