"""Moments as AWS writes them: ISO 8601, HTTP dates and epoch seconds.

Source: https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ISO_8601 = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"  # date
    r"(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?"  # time, fraction of a second
    r"\s*(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?"  # offset
)


def as_aware(moment: datetime) -> datetime:
    """Return the moment with a time zone; without one it is taken as UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def to_epoch(moment: datetime) -> int | float:
    """Return seconds since 1970, whole where possible and to the millisecond otherwise."""
    elapsed = as_aware(moment) - EPOCH
    seconds = elapsed.days * 86_400 + elapsed.seconds
    milliseconds = elapsed.microseconds // 1000
    return seconds + milliseconds / 1000 if milliseconds else seconds


def to_iso8601(moment: datetime) -> str:
    """Return `2026-11-22T10:13:31Z`, with milliseconds where there are some."""
    moment = as_aware(moment).astimezone(UTC)
    text = moment.isoformat("T", "milliseconds" if moment.microsecond >= 1000 else "seconds")
    return text[:-6] + "Z"


def to_iso8601_milliseconds(moment: datetime) -> str:
    """Return `2026-11-22T10:13:31.000Z`, as S3 and EC2 do."""
    return as_aware(moment).astimezone(UTC).isoformat("T", "milliseconds")[:-6] + "Z"


def to_http_date(moment: datetime) -> str:
    """Return `Sun, 22 Nov 2026 10:13:31 GMT`."""
    return format_datetime(as_aware(moment).astimezone(UTC), usegmt=True)


def from_epoch(seconds: float) -> datetime:
    """Return the moment that many seconds after 1970.

    Raises:
        ValueError: No such moment can be written.
    """
    try:
        microseconds, milliseconds = seconds * 1_000_000, round(seconds * 1000)
        # Far from 1970 a float is too coarse for microseconds: then it means the millisecond.
        if abs(microseconds - milliseconds * 1000) <= math.ulp(seconds) * 1_000_000:
            return EPOCH + timedelta(milliseconds=milliseconds)
        return EPOCH + timedelta(microseconds=round(microseconds))
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{seconds} is no time") from error


def from_iso8601(text: str) -> datetime:
    """Read `2026-11-22T10:13:31.123+01:00` and shorter forms.

    Raises:
        ValueError: `text` is no ISO 8601 time.
    """
    found = _ISO_8601.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 time")
    year, month, day, hour, minute, second, fraction, sign, ahead_hours, ahead_minutes = (
        found.groups()
    )
    zone = UTC
    if sign:
        ahead = timedelta(hours=int(ahead_hours), minutes=int(ahead_minutes or 0))
        zone = timezone(ahead if sign == "+" else -ahead)
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")[:6]),
        zone,
    )
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is before or after all years") from error


def from_http_date(text: str) -> datetime:
    """Read `Sun, 22 Nov 2026 10:13:31 GMT`, with or without a fraction of a second.

    Raises:
        ValueError: `text` is no HTTP date.
    """
    whole, fraction = text, "0"
    if found := re.search(r"(:\d\d)\.(\d{1,6})(?=\s)", text):
        whole = text[: found.start(2) - 1] + text[found.end(2) :]
        fraction = found[2]
    try:
        moment = as_aware(parsedate_to_datetime(whole)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"{text!r} is no HTTP date") from error
    return moment.replace(microsecond=int(fraction.ljust(6, "0")))


def from_text(text: str) -> datetime:
    """Read a moment in whichever of the three forms it is written.

    Raises:
        ValueError: It is none of them.
    """
    if re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text) and len(text) != 8:
        return from_epoch(float(text))
    if text[:1].isalpha():
        return from_http_date(text)
    return from_iso8601(text)


WRITERS: dict[str, Callable[[datetime], str]] = {
    "iso8601": to_iso8601,
    "rfc822": to_http_date,
    "unixtimestamp": lambda moment: str(to_epoch(moment)),
}
"""How to write a moment as text, by the service models' `timestampFormat`."""
