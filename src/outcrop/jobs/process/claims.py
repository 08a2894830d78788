"""Claims on what this machine has one of, which the kernel gives back when their holder ends.

A claim is the name of an abstract socket, which nobody else can take. Source: unix(7).
"""

import contextlib
import socket
from typing import TypeAlias

Claim: TypeAlias = socket.socket
"""Held as long as it is open."""


def claim(name: str) -> Claim | None:
    """Claim something by its name, `processor/0`; `None`: somebody has it."""
    made = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError):
        made.bind(f"\0outcrop/{name}")
        return made
    made.close()
    return None
