"""What can be set of the server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = 4566
    tls_port: int | None = 4567
    """`None`: no TLS."""
    drain_seconds: float = 10.0
    """How long a stopping server waits for the answers under way."""
    body_idle_seconds: float = 30.0
    """How long a client may pause in the middle of a body; in a stream of events, without end."""

    @property
    def url(self) -> str:
        """Where clients on this machine find the server, whatever addresses it is bound to."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
