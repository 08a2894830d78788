"""A Ray cluster of nodes on this machine."""

import contextlib
from collections.abc import Iterator
from typing import Any

import ray
from ray.cluster_utils import Cluster

SMALL: dict[str, Any] = {"object_store_memory": 80 << 20}


@contextlib.contextmanager
def nodes(count: int, *, cpus: int) -> Iterator[tuple[str, Any]]:
    """Give the address of a cluster with a head and some nodes, and the cluster itself."""
    made: Any = Cluster
    cluster = made(
        initialize_head=True,
        head_node_args={**SMALL, "num_cpus": 0, "include_dashboard": False},
    )
    try:
        for _ in range(count):
            cluster.add_node(**SMALL, num_cpus=cpus)
        yield cluster.address, cluster
    finally:
        ray.shutdown()
        cluster.shutdown()
