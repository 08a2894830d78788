"""Rows: the fields of a log event, those of its JSON included."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

from outcrop.aws.user_json import read_json

Value: TypeAlias = str | float | bool | None
Row: TypeAlias = Mapping[str, Value]
TIME_FIELDS = frozenset(("@timestamp", "@ingestionTime"))
MOST_FIELDS = 200
"""Of one event's JSON, as AWS discovers them."""


def row_of(
    *, message: str, timestamp: int, ingested_at: int, stream: str, log: str, pointer: str
) -> Row:
    """Return the row of an event; its times are in milliseconds."""
    row: dict[str, Value] = dict(_json_fields(message))
    row |= {
        "@timestamp": float(timestamp),
        "@ingestionTime": float(ingested_at),
        "@message": message,
        "@logStream": stream,
        "@log": log,
        "@ptr": pointer,
    }
    return row


def as_text(value: Value, *, is_time: bool = False) -> str:
    """Return a value as results show it: times as dates, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return value
    if is_time:
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"
    return (
        str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.4f}".rstrip("0")
    )


def as_number(value: Value) -> float | None:
    """Return a value as a number if it is or reads as one."""
    if isinstance(value, bool):
        return float(value)
    if value is None or isinstance(value, float):
        return value
    try:
        return float(value)
    except ValueError:
        return None


def _json_fields(message: str) -> Iterator[tuple[str, Value]]:
    """Give the values in a message that is a JSON object: `user.name`, `items.0`."""
    if not message.lstrip().startswith("{"):
        return
    try:
        document = read_json(message)
    except ValueError:
        return
    for count, field in enumerate(_flattened("", document)):
        if count == MOST_FIELDS:
            return
        yield field


def _flattened(prefix: str, value: Any) -> Iterator[tuple[str, Value]]:
    match value:
        case dict():
            for name, member in cast("dict[str, Any]", value).items():
                yield from _flattened(f"{prefix}.{name}" if prefix else name, member)
        case list():
            for index, element in enumerate(cast("list[Any]", value)):
                yield from _flattened(f"{prefix}.{index}", element)
        case bool() | str():
            yield prefix, value
        case int() | float():
            yield prefix, float(value)
        case _:
            return
