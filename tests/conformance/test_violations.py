"""The requests that break a constraint break that one and no other."""

import pytest
from botocore.model import StructureShape

from conformance.texts import breaking, matching
from conformance.values import value
from conformance.violations import violations
from outcrop.aws.errors import ValidationError
from outcrop.protocol.patterns import matcher
from outcrop.protocol.service_models import ServiceModels
from outcrop.protocol.validation import prepare

OPERATIONS = [
    ("iam", "CreateRole"),
    ("logs", "PutLogEvents"),
    ("logs", "PutMetricFilter"),
    ("ecr", "CreateRepository"),
    ("cloudwatch", "PutMetricAlarm"),
    ("bedrock-runtime", "Converse"),
]


def shape_of(service: str, operation: str) -> StructureShape:
    shape = ServiceModels().load(service).operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_generated_requests_are_valid(service: str, operation: str) -> None:
    shape = shape_of(service, operation)
    validate = prepare(shape)

    validate(value(shape))
    validate(value(shape, full=True))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_each_violation_is_one(service: str, operation: str) -> None:
    shape = shape_of(service, operation)
    validate = prepare(shape)
    accepted: list[str] = []

    for violation in violations(shape):
        try:
            validate(violation.request(shape, value(shape)))
        except ValidationError:
            continue
        accepted.append(str(violation))

    assert accepted == []


def test_the_constraints_of_a_small_input_are_all_found() -> None:
    found = [str(violation) for violation in violations(shape_of("logs", "CreateLogStream"))]

    assert found == [
        "logGroupName required",
        "logStreamName required",
        "logGroupName min 1",
        "logGroupName max 512",
        r"logGroupName pattern [\.\-_/#A-Za-z0-9]+",
        "logStreamName min 1",
        "logStreamName max 512",
        "logStreamName pattern [^:*]*",
    ]


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (r"arn:aws(-[^:]+)?:iam::\d{12}:role/[\w+=,.@-]+", 20, 2048),
        (r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+", 20, 30),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", 1, 5),
        (r"(?=.{4,9}$)[a-z0-9]+(?:-[a-z0-9]+)*", 4, 9),
        (r"\p{L}[\p{L}\p{N}_]{2,}", 3, 100),
    ],
)
def test_texts_match_patterns_and_lengths(pattern: str, least: int, most: int) -> None:
    matches = matcher(pattern)
    assert matches is not None

    for full in (False, True):
        text = matching(pattern, least, most, full=full)
        assert matches(text)
        assert least <= len(text) <= most

    broken = breaking(matching(pattern, least, most, full=True), pattern)
    assert broken is None or not matches(broken)
