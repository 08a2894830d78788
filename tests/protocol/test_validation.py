"""Violated constraints in AWS's words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import ServiceModel

from outcrop.aws.errors import ValidationError
from outcrop.protocol.validation import prepare
from tests.protocol.as_client import MODELS

SHAPES: dict[str, Any] = {
    "Input": {
        "type": "structure",
        "required": ["Name"],
        "members": {
            "Name": {"shape": "Name"},
            "Password": {"shape": "Password"},
            "Count": {"shape": "Count"},
            "Rate": {"shape": "Rate"},
            "Kind": {"shape": "Kind"},
            "Codes": {"shape": "Codes"},
            "Tags": {"shape": "Tags"},
            "Options": {"shape": "Options"},
            "Children": {"shape": "Children"},
            "Parts": {"shape": "Parts"},
            "Blob": {"shape": "Blob"},
            "Secrets": {"shape": "Secrets"},
            "Document": {"shape": "Document"},
            "Owned": {"shape": "Owned"},
            "Stages": {"shape": "Stages"},
            "Broken": {"shape": "Broken"},
        },
    },
    "Name": {"type": "string", "min": 1, "max": 5, "pattern": "[a-z]*"},
    "Password": {"type": "string", "min": 6, "sensitive": True},
    "Count": {"type": "integer", "min": 1, "max": 10},
    "Rate": {"type": "double", "min": 0, "max": 1},
    "Kind": {"type": "string", "enum": ["A", "B"]},
    "Codes": {"type": "list", "max": 2, "member": {"shape": "Code"}},
    "Code": {"type": "string", "min": 0, "max": 3, "pattern": r"\d*"},
    "Tags": {"type": "list", "member": {"shape": "Tag"}},
    "Tag": {"type": "structure", "required": ["Key"], "members": {"Key": {"shape": "Name"}}},
    "Options": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Code"}},
    "Children": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Input"}},
    "Parts": {"type": "list", "member": {"shape": "Part"}},
    "Part": {"type": "list", "max": 1, "member": {"shape": "String"}},
    "String": {"type": "string"},
    "Blob": {"type": "blob", "max": 2},
    "Secrets": {"type": "list", "max": 1, "member": {"shape": "Password"}},
    "Document": {"type": "structure", "members": {}, "document": True},
    "Owned": {"type": "list", "max": 1, "member": {"shape": "Owner"}},
    "Owner": {
        "type": "structure",
        "members": {
            "Name": {"shape": "String"},
            "Since": {"shape": "Timestamp"},
            "Active": {"shape": "Boolean"},
            "Secret": {"shape": "Password"},
        },
    },
    "Stages": {"type": "map", "max": 0, "key": {"shape": "String"}, "value": {"shape": "Password"}},
    "Timestamp": {"type": "timestamp"},
    "Boolean": {"type": "boolean"},
    "Broken": {"type": "string", "pattern": "a{1}{2}"},
}
MODEL = ServiceModel({"metadata": {}, "operations": {}, "shapes": SHAPES})
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CHECK = prepare(MODEL.shape_for("Input"))


def violations(**members: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        CHECK({"Name": "abc", **members})
    return caught.value.message


def violation(value: str, path: str, constraint: str) -> str:
    at = f"{value} at '{path}' failed to satisfy constraint: {constraint}"
    return f"1 validation error detected: {at}"


def test_what_satisfies_all_constraints_passes() -> None:
    CHECK(
        {
            "Name": "abc",
            "Password": "secret",
            "Count": 10,
            "Rate": 1.0,
            "Kind": "B",
            "Codes": ["1", ""],
            "Tags": [{"Key": "k"}],
            "Options": {"a": "1"},
            "Children": {"anything": {"Name": "x"}},
            "Document": {"Name": 1},
            "Broken": "a pattern that cannot be read is not held against a value",
        }
    )


@pytest.mark.parametrize(
    ("members", "told"),
    [
        pytest.param(
            {"Name": None},
            violation("Value null", "name", "Member must not be null"),
            id="missing",
        ),
        pytest.param(
            {"Name": "abcdef"},
            violation("Value 'abcdef'", "name", "Member must have length less than or equal to 5"),
            id="too long",
        ),
        pytest.param(
            {"Name": "ab!"},
            violation(
                "Value 'ab!'",
                "name",
                "Member must satisfy regular expression pattern: [a-z]*",
            ),
            id="pattern, which must match the whole",
        ),
        pytest.param(
            {"Password": "short"},
            violation("Value", "password", "Member must have length greater than or equal to 6"),
            id="sensitive values are not told",
        ),
        pytest.param(
            {"Count": 11},
            violation("Value '11'", "count", "Member must have value less than or equal to 10"),
            id="too much",
        ),
        pytest.param(
            {"Rate": -0.5},
            violation(
                "Value '-0.5'", "rate", "Member must have value greater than or equal to 0.0"
            ),
            id="a bound of a floating-point number",
        ),
        pytest.param(
            {"Kind": "C"},
            violation("Value 'C'", "kind", "Member must satisfy enum value set: [A, B]"),
            id="enum",
        ),
        pytest.param(
            {"Codes": ["1", "2", "3"]},
            violation(
                "Value '[1, 2, 3]'", "codes", "Member must have length less than or equal to 2"
            ),
            id="too many items",
        ),
        pytest.param(
            {"Codes": ["1", "abcd"]},
            violation(
                "Value '[1, abcd]'",
                "codes",
                "Member must satisfy constraint: [Member must have length less than or equal to 3,"
                " Member must have length greater than or equal to 0,"
                r" Member must satisfy regular expression pattern: \d*]",
            ),
            id="an item tells all that items must satisfy",
        ),
        pytest.param(
            {"Tags": [{"Key": "a"}, {"Key": ""}]},
            violation(
                "Value ''",
                "tags.2.member.key",
                "Member must have length greater than or equal to 1",
            ),
            id="a structure in a list",
        ),
        pytest.param(
            {"Options": {"a": "x", "b": "1"}},
            violation(
                "Value '{a=x, b=1}'",
                "options",
                "Map value must satisfy constraint: [Member must have length less than or equal to"
                " 3, Member must have length greater than or equal to 0,"
                r" Member must satisfy regular expression pattern: \d*]",
            ),
            id="a value of a map",
        ),
        pytest.param(
            {"Options": {"": "1"}},
            violation(
                "Value '{=1}'",
                "options",
                "Map keys must satisfy constraint: [Member must have length less than or equal to"
                " 5, Member must have length greater than or equal to 1,"
                " Member must satisfy regular expression pattern: [a-z]*]",
            ),
            id="a key of a map",
        ),
        pytest.param(
            {"Children": {"x": {}}},
            violation("Value null", "children.x.member.name", "Member must not be null"),
            id="a structure in a map",
        ),
        pytest.param(
            {"Parts": [["a", "b"]]},
            violation(
                "Value '[[a, b]]'",
                "parts",
                "Member must satisfy constraint: [Member must have length less than or equal to 1]",
            ),
            id="a list in a list",
        ),
        pytest.param(
            {"Tags": [None]},
            violation("Value null", "tags.1.member", "Member must not be null"),
            id="null in a list of structures",
        ),
        pytest.param(
            {"Blob": b"abc"},
            violation(
                "Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]'",
                "blob",
                "Member must have length less than or equal to 2",
            ),
            id="a blob",
        ),
        pytest.param(
            {"Owned": [{"Name": "n", "Since": MOMENT, "Active": True}, {"Name": None}]},
            violation(
                "Value '[Owner(Name=n, Since=2026-01-01T00:00:00+00:00, Active=true),"
                " Owner(Name=null)]'",
                "owned",
                "Member must have length less than or equal to 1",
            ),
            id="structures are told as Java tells them",
        ),
        pytest.param(
            {"Owned": [{"Name": "n"}, {"Secret": "secret"}]},
            violation("Value", "owned", "Member must have length less than or equal to 1"),
            id="but for the secrets in them",
        ),
        pytest.param(
            {"Stages": {"a": "secret"}},
            violation("Value", "stages", "Member must have length less than or equal to 0"),
            id="a map of secrets",
        ),
        pytest.param(
            {"Secrets": ["secret1", "secret2"]},
            violation("Value", "secrets", "Member must have length less than or equal to 1"),
            id="nor is what holds sensitive values",
        ),
    ],
)
def test_a_violation_is_told_as_aws_tells_it(members: dict[str, Any], told: str) -> None:
    assert violations(**members) == told


def test_all_violations_are_told_at_once() -> None:
    assert violations(Name="", Count=0, Kind="C") == (
        "3 validation errors detected: "
        "Value '' at 'name' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value '0' at 'count' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; "
        "Value 'C' at 'kind' failed to satisfy constraint: "
        "Member must satisfy enum value set: [A, B]"
    )


def test_a_quoted_value_is_cut() -> None:
    message = violations(Name="x" * 5000)

    assert f"Value '{'x' * 1000}...' at 'name'" in message


def test_an_operation_without_input_has_nothing_to_check() -> None:
    prepare(None)({})


def test_sagemakers_nested_violations_have_aws_paths() -> None:
    shape = MODELS.load("sagemaker").operation_model("CreateTrainingJob").input_shape
    check = prepare(shape)
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": -1, "VolumeSizeInGB": 1}

    with pytest.raises(ValidationError) as caught:
        check(
            {
                "TrainingJobName": "a" * 64,
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "OutputDataConfig": {"S3OutputPath": "s3://b/k"},
                "ResourceConfig": resources,
                "StoppingCondition": {},
            }
        )

    assert caught.value.message == (
        "3 validation errors detected: "
        f"Value '{'a' * 64}' at 'trainingJobName' failed to satisfy constraint: "
        "Member must have length less than or equal to 63; "
        f"Value '{'a' * 64}' at 'trainingJobName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
        "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; "
        "Value '-1' at 'resourceConfig.instanceCount' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0"
    )
