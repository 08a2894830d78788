"""Ports that jobs on one machine do not share."""

import ipaddress
import os

FIRST, COUNT = 10_000, 20_000
"""Below those that the kernel gives to whoever asks for any."""


def meeting_port(address: str) -> int:
    """Return the port at which the instances of a job meet.

    Args:
        address: Of its first instance: 127.x.y.1, where x and y are the job's own, or that of a
            machine, whose jobs are told ports of their own.
    """
    if given := os.environ.get("OUTCROP_MEETING_PORT"):
        return int(given)
    return FIRST + (int(ipaddress.IPv4Address(address)) >> 8) % COUNT
