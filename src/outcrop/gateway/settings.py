"""What can be set of the gateway and of its journal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """What the gateway takes."""

    body_limit_mib: int = 128
    """The longest body that is held in memory; streamed bodies, as S3's are, have no limit here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """How much of the past is kept."""

    enabled: bool = True
    file_size_mib: int = 8
    """A file that grows past this is set aside."""
    files: int = 4
    """Files set aside; the oldest goes."""
