"""Pairs of an entity and an IPv4 address, in CSV and JSON.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ip-insights-data-formats.html
"""

import csv
import ipaddress
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


class EventError(ValueError):
    """Something is no such pair; the message quotes it."""


def read_csv(text: str, vectors: int) -> tuple[Any, Any]:
    """Return the events of CSV without names, as `numbered` does.

    Raises:
        EventError: A line is something else.
    """
    rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if row]
    return numbered(rows, vectors)


def numbered(rows: Iterable[Sequence[Any]], vectors: int) -> tuple[Any, Any]:
    """Return events as numbers.

    Args:
        rows: An entity and an address each.
        vectors: How many entities can be told apart: they go by their hash.

    Returns:
        Entities: int64, (events,); addresses: uint32, (events,).

    Raises:
        EventError: A row is something else.
    """
    entities: list[int] = []
    addresses: list[int] = []
    for row in rows:
        if len(row) != 2:
            raise EventError(f"{list(row)} has not two columns, an entity and an IPv4 address")
        entities.append(zlib.crc32(str(row[0]).strip().encode()) % vectors)
        try:
            addresses.append(int(ipaddress.IPv4Address(str(row[1]).strip())))
        except ValueError as error:
            raise EventError(f"{row[1]!r} is no IPv4 address") from error
    return np.array(entities, np.int64), np.array(addresses, np.uint32)
