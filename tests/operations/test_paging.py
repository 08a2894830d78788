"""Pages, and the tokens between them."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.aws.errors import ServiceError
from outcrop.operations.paging import PageRequest, from_token, page_of, page_of_records, to_token
from outcrop.storage.records.interface import Create, Delete, Scope
from outcrop.storage.records.sqlite import SqliteRecordStore

SCOPE = Scope("1", "r", "s", "k")
ERROR = ServiceError("The token is invalid.")


def asked(limit: int, token: str | None = None) -> PageRequest:
    return PageRequest(limit=limit, token=token, error=ERROR)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[SqliteRecordStore]:
    store = await SqliteRecordStore.open(tmp_path / "records.sqlite")
    names = (f"n{number:03d}" for number in range(1000))
    creates = [
        Create(scope=SCOPE, name=name, document={"number": number})
        for number, name in enumerate(names)
    ]
    await store.write(*creates)
    yield store
    await store.close()


def test_a_token_gives_its_place_back() -> None:
    assert from_token(to_token("ä/1"), error=ERROR) == "ä/1"
    assert from_token(None, error=ERROR) == ""


@pytest.mark.parametrize(
    "token",
    [
        "%%%",
        "abc",
        base64.urlsafe_b64encode(b"not json").decode(),
        base64.urlsafe_b64encode(b'["v2","x"]').decode(),
        base64.urlsafe_b64encode(b'["v1",7]').decode(),
        base64.urlsafe_b64encode(b"7").decode(),
    ],
)
def test_a_token_of_elsewhere_is_refused(token: str) -> None:
    with pytest.raises(ServiceError) as caught:
        from_token(token, error=ERROR)

    assert caught.value is ERROR


def test_a_list_is_cut_into_pages() -> None:
    first = page_of("abcde", key=str, page=asked(2))
    second = page_of("abcde", key=str, page=asked(2, first.next_token))
    third = page_of("abcde", key=str, page=asked(2, second.next_token))

    assert [list(page.items) for page in (first, second, third)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]
    assert third.next_token is None


def test_a_full_last_page_has_no_token() -> None:
    assert page_of("ab", key=str, page=asked(2)).next_token is None


@pytest.mark.parametrize(("letters", "descending"), [("abcde", False), ("edcba", True)])
def test_an_item_that_has_gone_moves_no_other(letters: str, descending: bool) -> None:
    first = page_of(letters, key=str, page=asked(2), descending=descending)
    gone = letters.replace(letters[1], "")

    second = page_of(gone, key=str, page=asked(2, first.next_token), descending=descending)

    assert list(second.items) == list(letters[2:4])


@pytest.mark.anyio
async def test_records_come_in_pages_by_name(records: SqliteRecordStore) -> None:
    first = await page_of_records(records, SCOPE, asked(2), prefix="n01")
    await records.write(Delete(scope=SCOPE, name="n011"))
    second = await page_of_records(records, SCOPE, asked(99, first.next_token), prefix="n01")

    assert [record.name for record in first.items] == ["n010", "n011"]
    assert [record.name for record in second.items] == [f"n01{digit}" for digit in "23456789"]
    assert second.next_token is None


@pytest.mark.anyio
async def test_a_filter_looks_as_far_as_it_must(records: SqliteRecordStore) -> None:
    page = await page_of_records(
        records, SCOPE, asked(2), keep=lambda record: record.document["number"] % 400 == 399
    )

    assert [record.name for record in page.items] == ["n399", "n799"]
    assert page.next_token is None
