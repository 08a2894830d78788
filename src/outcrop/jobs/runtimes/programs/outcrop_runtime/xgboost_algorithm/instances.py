"""The instances of a job as one group, by XGBoost's own collective."""

import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from xgboost import collective
from xgboost.tracker import RabitTracker

from outcrop_runtime.ports import meeting_port

CONNECT_TRIES = 20
"""XGBoost waits longer before each: more than six minutes in all for who has much to read."""


@dataclass(frozen=True, slots=True)
class Instances:
    """All instances of a job; each of them calls the same methods in the same order."""

    rank: int
    count: int

    def most(self, mine: int) -> int:
        """Return the largest number that an instance gave."""
        return int(collective.allreduce(np.array([mine]), collective.Op.MAX)[0])

    def total(self, mine: int) -> int:
        """Return the sum over all instances."""
        return int(collective.allreduce(np.array([mine]), collective.Op.SUM)[0])

    def of_first(self, mine: Any) -> Any:
        """Return what the first instance gave."""
        return collective.broadcast(mine, 0)


@contextmanager
def joined(hosts: Sequence[str], host: str) -> Generator[Instances, None, None]:
    """Join the instances of a job: what they boost then, they boost together."""
    rank = hosts.index(host)
    if len(hosts) == 1:
        yield Instances(0, 1)
        return
    address = socket.gethostbyname(hosts[0])
    port = meeting_port(address)
    tracker = None
    if rank == 0:
        tracker = RabitTracker(len(hosts), address, port, sortby="task")
        tracker.start()
    with collective.CommunicatorContext(
        dmlc_communicator="rabit",
        dmlc_tracker_uri=address,
        dmlc_tracker_port=port,
        dmlc_task_id=f"{rank:05}",  # Ranks follow the order of these texts.
        dmlc_retry=CONNECT_TRIES,
    ):
        yield Instances(collective.get_rank(), len(hosts))
    if tracker is not None:
        tracker.wait_for()
