"""The instances of a job as one group of processes."""

import atexit
import gc
import os
import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import nn

from outcrop_runtime.ports import meeting_port

PATIENCE = timedelta(minutes=30)
"""How long instances wait for one another: one may have to read more than the others."""
GOODBYE = timedelta(minutes=1)
"""How long the first instance waits for the others to leave."""

Anything = TypeVar("Anything")


class Instances:
    """All instances of a job; each of them calls the same methods in the same order."""

    def __init__(self, rank: int, count: int) -> None:
        self.rank = rank
        self.count = count
        self.device = _device(rank)

    def use_processors(self) -> None:
        """Take this instance's share of the processors: threads that wait for one another are slow.

        Who may use all of the machine's shares them with the other instances.
        """
        mine = len(os.sched_getaffinity(0))
        if mine == os.cpu_count():
            mine //= self.count
        torch.set_num_threads(max(1, mine))

    def gather(self, mine: Anything) -> list[Anything]:
        """Return what each instance gave, in their order."""
        if self.count == 1:
            return [mine]
        every: list[Anything | None] = [None] * self.count
        dist.all_gather_object(every, mine)
        return [one for one in every if one is not None]

    def total(self, mine: Sequence[float]) -> list[float]:
        """Return the sums over all instances."""
        numbers = torch.tensor(mine, dtype=torch.float64)
        if self.count > 1:
            dist.all_reduce(numbers)
        return numbers.tolist()

    def parallel(self, network: nn.Module) -> nn.Module:
        """Return a network whose gradients are the mean over all instances."""
        if self.count == 1:
            return network
        devices = self.gather(_identity(self.device))
        # NCCL wants a GPU for each process; gloo copies by way of the processor.
        is_fast = self.device.type == "cuda" and len(set(devices)) == self.count
        group = dist.new_group(backend="nccl" if is_fast else "gloo")
        return nn.parallel.DistributedDataParallel(network, process_group=group)


@contextmanager
def joined(hosts: Sequence[str], host: str) -> Generator[Instances, None, None]:
    """Join the instances of a job."""
    rank = hosts.index(host)
    if len(hosts) == 1:
        yield Instances(rank, 1)
        return
    # What holds a group when the interpreter ends, in a cycle of references as wrapped networks do,
    # ends the process by SIGABRT now and then: https://github.com/pytorch/pytorch/issues/190489
    atexit.register(gc.collect)
    store = _store(hosts, rank)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=len(hosts), timeout=PATIENCE)
    try:
        yield Instances(rank, len(hosts))
        dist.barrier()  # Nobody leaves while another one is still at what they last did together.
    finally:
        dist.destroy_process_group()
    _part(store, rank, len(hosts))


def _part(store: dist.TCPStore, rank: int, count: int) -> None:
    """Leave once nobody needs this instance: the first one, which keeps the store, is the last."""
    if rank:
        store.set(f"gone/{rank}", "")
        return
    with suppress(dist.DistError):  # One that died has nothing more to ask, either.
        store.wait([f"gone/{other}" for other in range(1, count)], GOODBYE)


def _store(hosts: Sequence[str], rank: int) -> dist.TCPStore:
    """Return where the instances find one another.

    By itself the first one would listen on all addresses of the machine, and be in the way of the
    other jobs on it.
    """
    address = socket.gethostbyname(hosts[0])
    port = meeting_port(address)
    listening = socket.create_server((address, port)).detach() if rank == 0 else None
    return dist.TCPStore(
        address,
        port,
        len(hosts),
        is_master=rank == 0,
        timeout=PATIENCE,
        master_listen_fd=listening,
    )


def _device(rank: int) -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", rank % torch.cuda.device_count())
    return torch.device("cpu")


def _identity(device: torch.device) -> str:
    """Return what tells a device from all others, on whatever machine."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_properties(device).uuid)
    return f"{socket.gethostname()}/{os.getpid()}"
