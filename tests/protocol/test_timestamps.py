"""Moments in AWS's three forms."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcrop.protocol.timestamps import (
    from_epoch,
    from_http_date,
    from_iso8601,
    from_text,
    to_epoch,
    to_http_date,
    to_iso8601,
    to_iso8601_milliseconds,
)

WHOLE = datetime(2026, 11, 22, 10, 13, 31, tzinfo=UTC)
PRECISE = WHOLE.replace(microsecond=250_999)
IN_PARIS = WHOLE.astimezone(timezone(timedelta(hours=1)))


def test_a_moment_is_written_to_the_millisecond_where_there_is_one() -> None:
    assert (to_iso8601(WHOLE), to_iso8601(PRECISE), to_iso8601_milliseconds(WHOLE)) == (
        "2026-11-22T10:13:31Z",
        "2026-11-22T10:13:31.250Z",
        "2026-11-22T10:13:31.000Z",
    )
    assert (to_epoch(WHOLE), to_epoch(PRECISE)) == (1_795_342_411, 1_795_342_411.25)
    assert to_http_date(PRECISE) == "Sun, 22 Nov 2026 10:13:31 GMT"


def test_the_zone_does_not_change_what_is_written() -> None:
    naive = WHOLE.replace(tzinfo=None)

    assert [to_iso8601(IN_PARIS), to_iso8601(naive)] == ["2026-11-22T10:13:31Z"] * 2
    assert [to_epoch(IN_PARIS), to_epoch(naive)] == [1_795_342_411] * 2
    assert [to_http_date(IN_PARIS), to_http_date(naive)] == ["Sun, 22 Nov 2026 10:13:31 GMT"] * 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T10:13:31Z", WHOLE),
        ("2026-11-22t10:13:31z", WHOLE),
        ("2026-11-22T11:13:31+01:00", WHOLE),
        ("2026-11-22T05:13:31-0500", WHOLE),
        ("20261122T101331Z", WHOLE),
        ("2026-11-22T10:13:31.250999Z", PRECISE),
        ("2026-11-22T10:13:31.250999123Z", PRECISE),
        ("2026-11-22", WHOLE.replace(hour=0, minute=0, second=0)),
        ("20261122", WHOLE.replace(hour=0, minute=0, second=0)),
        ("1795342411", WHOLE),
        ("1.795342411e9", WHOLE),
        ("1795342411.250999", PRECISE),
        ("Sun, 22 Nov 2026 10:13:31 GMT", WHOLE),
        ("Sun, 22 Nov 2026 10:13:31.250999 GMT", PRECISE),
    ],
)
def test_every_form_is_read(text: str, moment: datetime) -> None:
    assert from_text(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-11-22T25:00Z",
        "1e30",
        "nan",
        "Sun, 99 Nov 2026",
        "0001-01-01T00:00+10:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no|day|month|hour|all years"):
        from_text(text)


@pytest.mark.parametrize("read", [from_text, from_iso8601, from_http_date])
@given(text=st.text())
def test_no_text_breaks_a_reader(read: Callable[[str], datetime], text: str) -> None:
    with suppress(ValueError):
        assert read(text).tzinfo is not None


@given(seconds=st.floats() | st.integers())
def test_no_number_breaks_the_reader(seconds: float) -> None:
    with suppress(ValueError):
        assert from_epoch(seconds).tzinfo is not None


IN_OUR_TIME = st.integers(-(1 << 31), 1 << 33).map(from_epoch)


@given(moment=IN_OUR_TIME, milliseconds=st.integers(0, 999))
def test_what_is_written_is_read_back(moment: datetime, milliseconds: int) -> None:
    moment = moment.replace(microsecond=milliseconds * 1000 + 1)

    to_the_millisecond = moment.replace(microsecond=milliseconds * 1000)
    assert from_iso8601(to_iso8601_milliseconds(moment)) == to_the_millisecond
    assert from_epoch(to_epoch(moment)) == to_the_millisecond
    assert from_http_date(to_http_date(moment)) == moment.replace(microsecond=0)
