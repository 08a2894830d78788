"""What can be set of the gateway: limits, the journal, faults, the upstream."""

from dataclasses import dataclass
from typing import Literal


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


FaultKind = Literal["throttle", "delay", "error", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """What befalls the requests of some operations."""

    kind: FaultKind
    service: str = "*"
    """botocore's name, or a pattern of it: `bedrock*`."""
    operation: str = "*"
    probability: float = 1.0
    """How many of the requests, from 0 to 1."""
    delay_ms: float = 1000.0
    """For `delay`: before the handler runs."""
    error: str = "InternalServerException"
    """For `error`: the code; the service model gives its status, or 500."""
    cut_after: int = 1
    """For `cut`: the connection breaks off after so many chunks of the answer. What is whole from
    the start, as a small object, is one chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """Which faults happen."""

    rules: tuple[FaultRule, ...] = ()
    header: bool = False
    """Whether requests may ask for faults of their own."""
    seed: int | None = None
    """Makes `probability` fall the same way in every run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSettings:
    """Where the requests of other services go."""

    url: str = ""
    """`http://127.0.0.1:5000`: another emulator, which gets them as they are. `aws`: AWS itself,
    with new signatures. Empty: nowhere."""
    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""
    timeout_seconds: float = 60.0
