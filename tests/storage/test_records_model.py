"""Record stores against a dictionary that does the same."""

import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcrop.storage.records.interface import (
    Create,
    Delete,
    Put,
    RecordExistsError,
    RecordNotFoundError,
    RecordStore,
    Scope,
)
from outcrop.storage.records.names import beyond_prefix

pytestmark = pytest.mark.anyio

NAMES = st.text(alphabet="aA/é\0\uffff\U0001f600\U0010ffff", max_size=4)
INDEXES = st.dictionaries(st.sampled_from(["status", "é"]), st.sampled_from(["", "x", "y"]))
WRITES = st.tuples(st.sampled_from(["create", "put", "delete"]), NAMES, INDEXES)
LISTS = st.fixed_dictionaries(
    {
        "prefix": NAMES,
        "after": NAMES,
        "limit": st.integers(min_value=1, max_value=30),
        "descending": st.booleans(),
        "index": st.none() | st.tuples(st.sampled_from(["status", "é"]), st.sampled_from("xy")),
    }
)

Model = dict[str, tuple[int, dict[str, str]]]
"""Version and indexes by name."""


def write_to_model(model: Model, how: str, name: str, indexes: dict[str, str]) -> bool:
    """Tell whether the write is possible."""
    if (how == "create" and name in model) or (how == "delete" and name not in model):
        return False
    if how == "delete":
        del model[name]
    else:
        model[name] = (model[name][0] + 1 if name in model else 1, indexes)
    return True


def as_write(scope: Scope, how: str, name: str, indexes: dict[str, str]) -> Create | Put | Delete:
    if how == "delete":
        return Delete(scope=scope, name=name)
    kind = Create if how == "create" else Put
    return kind(scope=scope, name=name, document={"name": name}, indexes=indexes)


def list_from_model(model: Model, arguments: dict[str, Any]) -> list[str]:
    after, index = arguments["after"], arguments["index"]
    names = [
        name
        for name in sorted(model, key=str.encode, reverse=arguments["descending"])
        if name.startswith(arguments["prefix"])
        and (not after or (name < after if arguments["descending"] else name > after))
        and (index is None or index in model[name][1].items())
    ]
    return names[: arguments["limit"]]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(WRITES, max_size=4), max_size=6), lists=st.lists(LISTS))
async def test_records_are_what_a_dictionary_would_hold(
    records: RecordStore, batches: list[list[Any]], lists: list[dict[str, Any]]
):
    scope = Scope("123456789012", "", "test", f"thing/{secrets.token_hex(8)}")
    model: Model = {}

    for batch in batches:
        attempt = dict(model)
        is_possible = all(write_to_model(attempt, *write) for write in batch)
        try:
            await records.write(*(as_write(scope, *write) for write in batch))
        except (RecordExistsError, RecordNotFoundError):
            assert not is_possible
        else:
            assert is_possible
            model = attempt

    assert {
        record.name: (record.version, record.indexes) for record in await records.list(scope)
    } == model
    assert await records.count(scope) == len(model)
    for arguments in lists:
        found = await records.list(scope, **arguments)
        assert [record.name for record in found] == list_from_model(model, arguments)


@given(st.text(), st.text())
def test_what_lies_beyond_a_prefix_starts_otherwise(prefix: str, name: str):
    end = beyond_prefix(prefix)

    lies_within = prefix <= name and (end is None or name < end)
    assert lies_within == name.startswith(prefix)


@pytest.mark.parametrize(
    ("prefix", "end"),
    [("a", "b"), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000"), ("", None), ("\U0010ffff", None)],
)
def test_the_end_of_a_prefix_is_the_next_string(prefix: str, end: str | None):
    assert beyond_prefix(prefix) == end
