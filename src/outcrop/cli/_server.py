"""What subcommands know of the server that they speak with."""

from dataclasses import replace

from outcrop.settings import Settings


def address(settings: Settings, port: int | None = None) -> str:
    """Return the server's URL, as clients on this machine reach it."""
    server = settings.server
    return (replace(server, port=port) if port else server).url
