"""What every record store promises."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from outcrop.storage.records.interface import (
    Create,
    Delete,
    Put,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    RecordStore,
    Replace,
    Scope,
    StaleRecordError,
)

pytestmark = pytest.mark.anyio

OpenRecords: TypeAlias = Callable[[], Awaitable[RecordStore]]

JOBS = Scope("123456789012", "eu-west-1", "sagemaker", "training-job")


def create(name: str, indexes: dict[str, str] | None = None, **document: Any) -> Create:
    return Create(scope=JOBS, name=name, document=document, indexes=indexes or {})


async def created(records: RecordStore, name: str, **document: Any) -> Record:
    (record,) = await records.write(create(name, **document))
    assert record is not None
    return record


async def names(records: RecordStore, scope: Scope = JOBS, **arguments: Any) -> list[str]:
    return [record.name for record in await records.list(scope, **arguments)]


async def test_a_created_record_can_be_read(records: RecordStore):
    written = await created(records, "a", epochs=3)

    assert await records.get(JOBS, "a") == written
    assert await records.find(JOBS, "a") == written
    assert written.document == {"epochs": 3}
    assert written.version == 1
    assert written.created_at == written.modified_at


async def test_a_missing_record_is_none_or_an_error(records: RecordStore):
    assert await records.find(JOBS, "a") is None
    with pytest.raises(RecordNotFoundError, match="no training-job 'a'"):
        await records.get(JOBS, "a")


async def test_a_record_is_created_once(records: RecordStore):
    await created(records, "a", epochs=3)

    with pytest.raises(RecordExistsError, match="training-job 'a' exists already"):
        await created(records, "a", epochs=4)

    assert (await records.get(JOBS, "a")).document == {"epochs": 3}


async def test_put_writes_over_what_is_there(records: RecordStore):
    (first,) = await records.write(Put(scope=JOBS, name="a", document={"n": 1}))
    (second,) = await records.write(Put(scope=JOBS, name="a", document={"n": 2}))

    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    assert second.created_at == first.created_at
    assert second.modified_at >= first.modified_at
    assert await records.get(JOBS, "a") == second


async def test_replace_needs_the_version_that_is_there(records: RecordStore):
    first = await created(records, "a", n=1)

    (second,) = await records.write(Replace(record=first, document={"n": 2}))
    with pytest.raises(StaleRecordError, match="'a' is at version 2, not 1"):
        await records.write(Replace(record=first, document={"n": 3}))

    assert await records.get(JOBS, "a") == second
    assert second is not None
    assert second.version == 2


async def test_replace_of_a_record_that_is_gone_fails(records: RecordStore):
    record = await created(records, "a")
    await records.write(Delete(scope=JOBS, name="a"))

    with pytest.raises(RecordNotFoundError):
        await records.write(Replace(record=record, document={}))


async def test_a_record_created_anew_is_another_one(records: RecordStore):
    old = await created(records, "a")
    await records.write(Delete(scope=JOBS, name="a"))
    await created(records, "a")

    with pytest.raises(StaleRecordError):
        await records.write(Replace(record=old, document={"n": 1}))


async def test_a_deleted_record_is_gone(records: RecordStore):
    await created(records, "a")

    assert await records.write(Delete(scope=JOBS, name="a")) == [None]

    assert await records.find(JOBS, "a") is None
    assert await names(records) == []


async def test_delete_may_insist_on_a_version(records: RecordStore):
    await created(records, "a")

    with pytest.raises(StaleRecordError, match="'a' is at version 1, not 2"):
        await records.write(Delete(scope=JOBS, name="a", version=2))
    await records.write(Delete(scope=JOBS, name="a", version=1))

    assert await records.find(JOBS, "a") is None


async def test_delete_says_whether_the_record_must_exist(records: RecordStore):
    with pytest.raises(RecordNotFoundError):
        await records.write(Delete(scope=JOBS, name="a"))

    assert await records.write(Delete(scope=JOBS, name="a", must_exist=False)) == [None]


async def test_a_batch_happens_whole_or_not_at_all(records: RecordStore):
    await created(records, "there")

    with pytest.raises(RecordExistsError):
        await records.write(create("new"), create("there"))

    assert await names(records) == ["there"]


async def test_writes_of_a_batch_see_the_earlier_ones(records: RecordStore):
    await records.write(
        create("a", n=1),
        Put(scope=JOBS, name="a", document={"n": 2}),
        create("b"),
        Delete(scope=JOBS, name="b", version=1),
    )

    (record,) = await records.list(JOBS)
    assert (record.name, record.version, record.document) == ("a", 2, {"n": 2})


async def test_an_empty_batch_writes_nothing(records: RecordStore):
    assert await records.write() == []


async def test_a_failing_batch_fails_alone(records: RecordStore):
    await created(records, "there")

    outcomes = await asyncio.gather(
        *(records.write(create(f"new-{number}")) for number in range(20)),
        records.write(create("lost"), create("there")),
        *(records.write(create(f"new-{number}")) for number in range(20, 40)),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [list] * 20 + [RecordExistsError] + [
        list
    ] * 20
    assert await records.count(JOBS, prefix="new-") == 40
    assert await records.find(JOBS, "lost") is None


async def test_of_many_creators_one_wins(records: RecordStore):
    outcomes = await asyncio.gather(
        *(records.write(create("a", number=number)) for number in range(20)),
        return_exceptions=True,
    )

    winners = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, list)]
    assert len(winners) == 1
    assert {type(outcome) for outcome in outcomes} == {list, RecordExistsError}
    assert (await records.get(JOBS, "a")).document == {"number": winners[0]}


async def test_puts_at_the_same_time_all_count(records: RecordStore):
    await asyncio.gather(
        *(records.write(Put(scope=JOBS, name="a", document={})) for _ in range(20))
    )

    assert (await records.get(JOBS, "a")).version == 20


async def test_no_update_is_lost(records: RecordStore):
    await created(records, "counter", count=0)

    async def increment() -> None:
        while True:
            record = await records.get(JOBS, "counter")
            document = {"count": record.document["count"] + 1}
            try:
                await records.write(Replace(record=record, document=document))
            except StaleRecordError:
                continue
            return

    await asyncio.gather(*(increment() for _ in range(20)))

    record = await records.get(JOBS, "counter")
    assert (record.document, record.version) == ({"count": 20}, 21)


async def test_batches_in_opposite_order_do_not_block_each_other(records: RecordStore):
    forth = [Put(scope=JOBS, name=name, document={}) for name in "abcdef"]

    async with asyncio.timeout(60):
        await asyncio.gather(
            *(records.write(*forth) for _ in range(10)),
            *(records.write(*reversed(forth)) for _ in range(10)),
        )

    assert [record.version for record in await records.list(JOBS)] == [20] * 6


async def test_lists_are_in_the_order_of_utf8_bytes(records: RecordStore):
    unordered = ["é", "z", "Z", "a/b", "a", "a-b", "", "\U0001f600", "\uffff", "a\0b"]
    await records.write(*(create(name) for name in unordered))

    in_order = sorted(unordered, key=str.encode)
    assert await names(records) == in_order
    assert await names(records, descending=True) == in_order[::-1]


async def test_a_list_can_be_walked_page_by_page(records: RecordStore):
    await records.write(*(create(f"n{number:02}") for number in range(25)))

    pages = [await names(records, limit=10)]
    while pages[-1]:
        pages.append(await names(records, limit=10, after=pages[-1][-1]))

    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [name for page in pages for name in page] == [f"n{number:02}" for number in range(25)]


async def test_a_list_can_be_walked_backwards(records: RecordStore):
    await records.write(*(create(f"n{number:02}") for number in range(25)))

    first = await names(records, limit=20, descending=True)
    second = await names(records, limit=20, descending=True, after=first[-1])

    assert first + second == [f"n{number:02}" for number in reversed(range(25))]


async def test_a_prefix_narrows_lists_and_counts(records: RecordStore):
    await records.write(*map(create, ["a", "a/", "a/1", "a/2", "a0", "b", "a/\U0010ffff", "a/%_"]))

    assert await names(records, prefix="a/") == ["a/", "a/%_", "a/1", "a/2", "a/\U0010ffff"]
    assert await names(records, prefix="a/", after="a/1") == ["a/2", "a/\U0010ffff"]
    assert await records.count(JOBS, prefix="a/") == 5
    assert await records.count(JOBS) == 8


async def test_an_index_narrows_lists(records: RecordStore):
    await records.write(
        create("a1", {"status": "Failed", "queue": "x"}),
        create("a2", {"status": "InProgress"}),
        create("b1", {"status": "InProgress", "queue": "x"}),
        create("b2"),
    )

    assert await names(records, index=("status", "InProgress")) == ["a2", "b1"]
    assert await names(records, index=("status", "InProgress"), descending=True) == ["b1", "a2"]
    assert await names(records, index=("status", "InProgress"), prefix="b") == ["b1"]
    assert await names(records, index=("status", "InProgress"), after="a2") == ["b1"]
    assert await names(records, index=("status", "InProgress"), limit=1) == ["a2"]
    assert await names(records, index=("queue", "x")) == ["a1", "b1"]
    assert await names(records, index=("queue", "y")) == []


async def test_indexes_follow_the_record(records: RecordStore):
    (record,) = await records.write(create("a", {"status": "InProgress"}))
    assert record is not None

    (kept,) = await records.write(Replace(record=record, document={"n": 1}))
    assert kept is not None
    assert await names(records, index=("status", "InProgress")) == ["a"]
    assert (await records.get(JOBS, "a")).indexes == {"status": "InProgress"}

    await records.write(Replace(record=kept, document={}, indexes={"status": "Failed"}))
    assert await names(records, index=("status", "InProgress")) == []
    assert await names(records, index=("status", "Failed")) == ["a"]

    await records.write(Delete(scope=JOBS, name="a"))
    assert await names(records, index=("status", "Failed")) == []


async def test_a_list_needs_a_limit(records: RecordStore):
    with pytest.raises(ValueError, match="limit is 0, but must be at least 1"):
        await records.list(JOBS, limit=0)


async def test_long_lists_are_whole(records: RecordStore):
    await records.write(*(create(f"{number:04}", n=number) for number in range(1200)))

    assert len(await records.list(JOBS)) == 1000
    assert [record.document["n"] for record in await records.list(JOBS, limit=2000)] == [
        *range(1200)
    ]


async def test_scopes_do_not_meet(records: RecordStore):
    others = [
        Scope("210987654321", "eu-west-1", "sagemaker", "training-job"),
        Scope("123456789012", "us-east-1", "sagemaker", "training-job"),
        Scope("123456789012", "eu-west-1", "bedrock", "training-job"),
        Scope("123456789012", "eu-west-1", "sagemaker", "model"),
    ]
    await created(records, "a")
    for other in others:
        assert await records.find(other, "a") is None
        assert await names(records, other) == []
        await records.write(Create(scope=other, name="a", document={"kind": other.kind}))

    assert (await records.get(JOBS, "a")).document == {}
    assert await records.count(JOBS) == 1


async def test_scopes_with_records_can_be_found(records: RecordStore):
    photos = Scope("123456789012", "", "s3", "object/photos")
    videos = Scope("210987654321", "", "s3", "object/videos")
    buckets = Scope("210987654321", "", "s3", "bucket")
    for scope in (photos, videos, buckets):
        await records.write(Create(scope=scope, name="a", document={}))
        await records.write(Create(scope=scope, name="b", document={}))
    await created(records, "a")

    assert await records.scopes() == [photos, JOBS, buckets, videos]
    assert await records.scopes(service="s3") == [photos, buckets, videos]
    assert await records.scopes(service="s3", kind="object/") == [photos, videos]
    assert await records.scopes(kind="bucket") == [buckets]
    assert await records.scopes(kind="buck") == []
    assert await records.scopes(account="210987654321") == [buckets, videos]
    assert await records.scopes(account="0") == []


async def test_a_scope_without_records_is_not_found(records: RecordStore):
    await created(records, "a")
    await records.write(Delete(scope=JOBS, name="a"))

    assert await records.scopes() == []


async def test_clear_empties_one_account(records: RecordStore):
    other = Scope("210987654321", "eu-west-1", "sagemaker", "training-job")
    await records.write(create("a", {"status": "Failed"}))
    await records.write(Create(scope=other, name="a", document={}, indexes={"status": "Failed"}))

    await records.clear("123456789012")

    assert await records.scopes() == [other]
    assert await names(records, index=("status", "Failed")) == []
    assert await names(records, other, index=("status", "Failed")) == ["a"]


async def test_what_was_written_is_there_after_opening_again(open_records: OpenRecords):
    first = await open_records()
    written = await created(first, "a", n=1)
    await first.close()

    second = await open_records()

    assert await second.get(JOBS, "a") == written
    await second.close()


async def test_two_stores_share_a_database(open_records: OpenRecords):
    one, other = await open_records(), await open_records()

    written = await created(one, "a", n=1)
    assert await other.get(JOBS, "a") == written
    (replaced,) = await other.write(Replace(record=written, document={"n": 2}))

    assert await one.get(JOBS, "a") == replaced
    await asyncio.gather(
        *(store.write(create(f"{number}")) for number in range(50) for store in (one, other)),
        return_exceptions=True,
    )
    assert await one.count(JOBS) == await other.count(JOBS) == 51
    await one.close()
    await other.close()


async def test_a_shared_record_is_as_new_as_any(open_records: OpenRecords):
    one, other = await open_records(), await open_records()
    first = await created(one, "a", n=1)
    assert await one.find_shared(JOBS, "a") == await one.find_shared(JOBS, "a") == first

    (second,) = await one.write(Put(scope=JOBS, name="a", document={"n": 2}))
    assert await one.find_shared(JOBS, "a") == second
    (third,) = await other.write(Put(scope=JOBS, name="a", document={"n": 3}))
    assert await one.find_shared(JOBS, "a") == third
    await other.write(Delete(scope=JOBS, name="a"))
    assert await one.find_shared(JOBS, "a") is None
    anew = await created(other, "a", n=4)
    assert await one.find_shared(JOBS, "a") == anew
    with pytest.raises(RecordExistsError):
        await one.write(Put(scope=JOBS, name="a", document={"n": 5}), create("a"))
    assert await one.find_shared(JOBS, "a") == anew
    await one.clear(JOBS.account)
    assert await one.find_shared(JOBS, "a") is None
    await one.close()
    await other.close()


async def test_a_created_record_that_is_there_undoes_the_writes_before_it(records: RecordStore):
    there = await created(records, "there")

    with pytest.raises(RecordExistsError, match="training-job 'there' exists already"):
        await records.write(create("new", {"status": "Completed"}), create("there"))

    assert await names(records) == ["there"]
    assert await records.get(JOBS, "there") == there
    assert await names(records, index=("status", "Completed")) == []


@pytest.mark.parametrize(
    "document",
    [{"body": b""}, {"body": b"=\x00\xff="}, {"corps_é": b"x"}, {"a=b": b"x"}, {"": b"x"}],
)
async def test_bytes_alone_survive(records: RecordStore, document: dict[str, Any]):
    await records.write(Create(scope=JOBS, name="a", document=document))

    assert (await records.get(JOBS, "a")).document == document


async def test_closing_finishes_the_writes_under_way(open_records: OpenRecords):
    first = await open_records()
    writes = [asyncio.ensure_future(first.write(create(f"{number:02}"))) for number in range(40)]
    await asyncio.sleep(0)  # so that all have begun
    await first.close()
    await asyncio.gather(*writes)

    second = await open_records()

    assert await second.count(JOBS) == 40
    await second.close()


async def test_a_document_is_written_as_it_was_when_write_was_called(records: RecordStore):
    document: dict[str, Any] = {"n": 1}
    writing = asyncio.ensure_future(records.write(Create(scope=JOBS, name="a", document=document)))
    await asyncio.sleep(0)
    document["n"] = 2
    await writing

    assert (await records.get(JOBS, "a")).document == {"n": 1}


async def test_a_document_that_cannot_be_kept_is_refused(records: RecordStore):
    with pytest.raises(TypeError, match="documents cannot hold a object"):
        await created(records, "a", value=object())

    assert await names(records) == []


async def test_a_closed_store_refuses_calls(open_records: OpenRecords):
    records = await open_records()
    await created(records, "a")
    await records.close()

    with pytest.raises(Exception, match="clos"):
        await records.find(JOBS, "a")
    with pytest.raises(Exception, match="clos"):
        await records.list(JOBS)
    with pytest.raises(Exception, match="clos"):
        await created(records, "b")
