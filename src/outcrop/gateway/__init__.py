"""The path of one request: identify, authenticate, parse, handle, serialise."""
