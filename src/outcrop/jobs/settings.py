"""How programs are run."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Sandbox: TypeAlias = Literal["auto", "required", "preferred", "none"]


def _processors() -> int:
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsSettings:
    """How jobs are run, and how many at once."""

    runtimes: Path
    """The folder of the runtimes' environments, which can be made again."""
    instances: int = field(default_factory=_processors)
    """Instances that run at once; further jobs wait in the order in which they came."""
    gpus: str = "auto"
    """GPUs for jobs and endpoints: `auto`, all that the driver tells of; `none`; or their indexes,
    `0,2`."""
    sandbox: Sandbox = "auto"
    """Whether programs may run without a sandbox where the kernel gives none (`preferred`) or
    always do (`none`); `auto`: only where whoever reaches the server is a user of this machine, as
    in open mode, and `required` elsewhere."""
    runner: Literal["process", "docker", "ray"] = "process"
    """Where jobs run: on this machine, images that no runtime stands for in containers or not at
    all, or on the nodes of a Ray cluster."""
    docker_host: str = "unix:///var/run/docker.sock"
    """Where the Docker daemon is, which must be on this machine."""
    ray_address: str = "auto"
    """Of the cluster: `host:port` of its head; `auto`: the one that this machine is a node of."""
    ray_endpoint_url: str = ""
    """Where the nodes reach this server; empty: where its clients do."""
    endpoint_instances: int = field(default_factory=lambda: max(16, 8 * _processors()))
    """Instances that all endpoints may have together: idle, each still takes memory."""
    tracking_servers: int = 8
    """MLflow tracking servers that may run at once: idle, each takes some 200 MB or more."""
