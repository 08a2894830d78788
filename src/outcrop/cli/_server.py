"""What subcommands know of the server that they speak with."""

from outcrop.settings import Settings


def address(settings: Settings, port: int | None = None) -> str:
    """Return the server's URL, as clients on this machine reach it."""
    host = settings.server.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port or settings.server.port}"
