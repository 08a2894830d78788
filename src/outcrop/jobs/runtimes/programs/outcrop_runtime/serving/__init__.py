"""The model server: what a serving image runs, answering on Unix sockets instead of port 8080."""
