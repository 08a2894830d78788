"""The networks of containers: the machine's, one of a job's instances alone, or one to serve in.

Source: https://docs.docker.com/engine/network/drivers/bridge/
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network

from outcrop.jobs.interface import CannotRunError, Program

SHARED = "outcrop-"
"""What networks begin with that were made for a job."""
SERVING, SEALED = "serving.outcrop", "sealed.outcrop"
"""Those of containers that have a port: with a way out, and without. They stay."""
APART = ("--opt", "com.docker.network.bridge.enable_icc=false")
"""Containers of such a network do not reach one another."""
PLACE = "{{(index .IPAM.Config 0).Subnet}} {{(index .IPAM.Config 0).Gateway}}"


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A network as this machine is in it."""

    subnet: IPv4Network
    gateway: IPv4Address
    """This machine's own address."""

    @classmethod
    def of(cls, said: str) -> "Neighbourhood":
        """Return what Docker tells as `PLACE`.

        Raises:
            CannotRunError: It is no network of this machine.
        """
        try:
            subnet, gateway = said.split()
            found = ip_network(subnet), ip_address(gateway.partition("/")[0])
        except ValueError as error:
            raise CannotRunError(f"Docker tells no addresses of its network: {said}") from error
        if not isinstance(found[0], IPv4Network) or not isinstance(found[1], IPv4Address):
            raise CannotRunError(f"Docker's network is not one of IPv4: {said}")
        return cls(found[0], found[1])


def network_of(run_id: str, program: Program) -> str:
    """Return the network of a container."""
    if program.port:
        return SERVING if program.has_network else SEALED
    if program.has_network:
        return "host"
    if not program.peers:
        return "none"
    members = "/".join(sorted((run_id, *program.peers)))
    return f"{SHARED}{hashlib.sha256(members.encode()).hexdigest()[:32]}"


def making_of(network: str) -> Sequence[str]:
    """Return what is said to Docker to make a network; nothing for one that is there."""
    if network == SERVING:
        return ("network", "create", *APART, network)
    if network == SEALED:
        return ("network", "create", "--internal", *APART, network)
    if network.startswith(SHARED):
        return ("network", "create", "--internal", network)
    return ()
