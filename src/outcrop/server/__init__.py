"""HTTP and ASGI: listening, TLS, limits, request ids, health, metrics."""
