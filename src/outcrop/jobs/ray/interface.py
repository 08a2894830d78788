"""What the runner and the cluster say to each other; Ray need not be there for it."""

from dataclasses import dataclass


class InstanceLostError(Exception):
    """The node of an instance is lost, or its actor has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What an instance takes of its node; memory is held to by the sandbox, not reserved."""

    cpus: int
