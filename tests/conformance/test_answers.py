"""The judge sees what is wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import StructureShape

from conformance.answers import faults
from outcrop.protocol.service_models import ServiceModels

MODELS = ServiceModels()


def output(service: str, operation: str) -> StructureShape:
    shape = MODELS.load(service).operation_model(operation).output_shape
    assert isinstance(shape, StructureShape)
    return shape


ROLE: dict[str, Any] = {
    "Path": "/",
    "RoleName": "role",
    "RoleId": "AROAQQQQQQQQQQQQQQQQQ",
    "Arn": "arn:aws:iam::123456789012:role/role",
    "CreateDate": datetime(2026, 1, 2, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"RoleId": None}, [".Role.RoleId: required, and not there"]),
        ({"RoleName": 5}, [".Role.RoleName: 5 is no string"]),
        ({"RoleName": "a b"}, [r".Role.RoleName: 'a b' does not match '[\\w+=,.@-]+'"]),
        ({"RoleId": "A"}, [".Role.RoleId: 1 characters, fewer than 16"]),
        ({"MaxSessionDuration": True}, [".Role.MaxSessionDuration: True is no integer"]),
        ({"MaxSessionDuration": 5}, [".Role.MaxSessionDuration: 5, less than 3600"]),
        ({"Tags": {}}, [".Role.Tags: {} is no list"]),
        ({"Tags": [{"Key": "a"}]}, [".Role.Tags[0].Value: required, and not there"]),
        ({"CreateDate": "today"}, [".Role.CreateDate: 'today' is no timestamp"]),
    ],
)
def test_members_are_held_to_their_shapes(change: dict[str, Any], told: list[str]) -> None:
    answer = {"Role": {**ROLE, **change}}

    assert list(faults(output("iam", "GetRole"), answer)) == told


def test_an_enum_has_no_other_values() -> None:
    answer = {"repository": {"imageTagMutability": "SOMETIMES"}}

    told = list(faults(output("ecr", "CreateRepository"), answer))

    assert len(told) == 1
    assert told[0].startswith(".repository.imageTagMutability: 'SOMETIMES' is none of ['MUTABLE'")


def test_a_union_has_one_member_and_a_stream_has_events() -> None:
    stream = output("bedrock-runtime", "ConverseStream")

    assert list(faults(stream, {"stream": []})) == [".stream: a stream without events"]
    assert list(faults(stream, {"stream": [{"messageStart": {}}]})) == [
        ".stream[1].messageStart.role: required, and not there"
    ]
