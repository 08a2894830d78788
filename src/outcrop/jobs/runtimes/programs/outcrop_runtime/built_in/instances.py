"""The rows of several instances, brought together on the first one, which trains."""

import contextlib
import io
import socket
import struct
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse

from outcrop_runtime.built_in.records import Rows, joined
from outcrop_runtime.ports import meeting_port
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.errors import CannotTrainError

LENGTH = struct.Struct("<Q")
TRIES, PAUSE_SECONDS = 600, 0.5
"""The first instance may be reading its own rows yet."""
BETWEEN_PIECES_SECONDS = 600.0


def gather(rows: Rows, hosts: Sequence[str], host: str) -> Rows | None:
    """Return the rows of all instances on the first; `None` on the others, whose work is done."""
    address = socket.gethostbyname(hosts[0])
    place = (address, meeting_port(address))
    if host != hosts[0]:
        _send(place, _packed(rows))
        return None
    # None is let go before all have come and nobody listens: its next rows are another channel's.
    with (
        contextlib.ExitStack() as connections,
        socket.create_server(place, backlog=len(hosts)) as server,
    ):
        server.settimeout(BETWEEN_PIECES_SECONDS)
        parts = [rows, *(_received(server, connections) for _ in hosts[1:])]
    found = [part for part in parts if part.count]
    return joined(found) if found else rows


def gather_text(text: str, hosts: Sequence[str], host: str) -> str:
    """Return the texts of all instances on the first; on the others their own."""
    # One byte a row, so that what is gathered is all texts behind one another.
    mine = np.frombuffer(text.encode(), np.uint8).reshape(-1, 1)
    every = gather(Rows(mine), hosts, host)
    return text if every is None else every.features.tobytes().decode()


def channel_text(job: Job, channel: Channel, read: Callable[[Path], str]) -> str:
    """Return the text of all files of a channel; those of other instances, too, on the first.

    Args:
        job: Of this instance.
        channel: Not a pipe.
        read: Gives the text of a file.

    Raises:
        CannotTrainError: It is a pipe.
    """
    if channel.is_pipe:
        raise CannotTrainError(
            f"The channel '{channel.name}' is a pipe: take the mode File or FastFile."
        )
    text = "".join(f"{read(path)}\n" for path in channel.files())
    if len(job.hosts) == 1 or not channel.is_sharded:
        return text
    return gather_text(text, job.hosts, job.host)


def _send(place: tuple[str, int], packed: bytes) -> None:
    for _ in range(TRIES):
        try:
            with socket.create_connection(place, timeout=BETWEEN_PIECES_SECONDS) as connection:
                connection.sendall(LENGTH.pack(len(packed)) + packed)
                connection.recv(1)  # Closed once all is there.
                return
        except ConnectionRefusedError:
            time.sleep(PAUSE_SECONDS)
    raise TimeoutError("The first instance does not listen.")


def _received(server: socket.socket, connections: contextlib.ExitStack) -> Rows:
    connection, _ = server.accept()
    connections.enter_context(connection)
    connection.settimeout(BETWEEN_PIECES_SECONDS)
    with connection.makefile("rb") as stream:
        (length,) = LENGTH.unpack(stream.read(LENGTH.size))
        return _unpacked(stream.read(length))


def _packed(rows: Rows) -> bytes:
    features = rows.features
    arrays = {"dense": features}
    if scipy.sparse.issparse(features):
        arrays = {
            "data": features.data,
            "indices": features.indices,
            "indptr": features.indptr,
            "shape": np.array(features.shape),
        }
    if rows.labels is not None:
        arrays["labels"] = rows.labels
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    return written.getvalue()


def _unpacked(packed: bytes) -> Rows:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        labels = arrays.get("labels")
        if "dense" in arrays:
            return Rows(arrays["dense"], labels)
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        return Rows(scipy.sparse.csr_matrix(parts, shape=tuple(arrays["shape"])), labels)
