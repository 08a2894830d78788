"""What policies decide."""

import json
from typing import Any

import pytest

from outcrop.aws.policies import (
    AccessRequest,
    MalformedPolicyError,
    PolicyDocument,
    Verdict,
    decide,
)


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> PolicyDocument:
    return PolicyDocument.parse(json.dumps({"Version": version, "Statement": list(statements)}))


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **elements}


def verdict(*statements: dict[str, Any], **request: Any) -> Verdict:
    asked = AccessRequest(**{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", **request})
    return decide([policy(*statements)], asked).verdict


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(), Verdict.ALLOWED),
        (allow(Action="S3:getobject"), Verdict.ALLOWED),
        (allow(Action=["s3:Get*", "s3:Put*"]), Verdict.ALLOWED),
        (allow(Action="s3:Put*"), Verdict.IMPLICIT_DENY),
        (allow(Resource="arn:aws:s3:::b/*"), Verdict.ALLOWED),
        (allow(Resource="arn:aws:s3:::B/*"), Verdict.IMPLICIT_DENY),
        (allow(Resource="arn:aws:s3:::?/k"), Verdict.ALLOWED),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, Verdict.ALLOWED),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, Verdict.IMPLICIT_DENY),
        (
            {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/*"},
            Verdict.IMPLICIT_DENY,
        ),
    ],
)
def test_actions_and_resources_choose_requests(
    statement: dict[str, Any], expected: Verdict
) -> None:
    assert verdict(statement) is expected


def test_a_denial_wins_whatever_allows() -> None:
    denial = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}

    assert verdict(allow(), denial, allow()) is Verdict.EXPLICIT_DENY


def test_a_decision_names_its_statements_and_where_they_stand() -> None:
    text = """{"Version": "2012-10-17",
 "Statement": [
  {"Sid": "A", "Effect": "Allow",
   "Action": "*", "Resource": "*"}]}"""

    decision = decide([PolicyDocument.parse(text)], AccessRequest(action="s3:GetObject"))

    [(index, statement)] = decision.matched
    assert (index, statement.sid) == (0, "A")
    assert (statement.start.line, statement.start.column) == (3, 3)
    assert (statement.end.line, statement.end.column) == (4, 35)  # behind it


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a*", ["a*"], True),
        ("StringEquals", "a*", ["ab"], False),
        ("StringEquals", ["x", "a"], ["a"], True),
        ("StringNotEquals", ["x", "a"], ["a"], False),
        ("StringNotEquals", "x", None, True),
        ("StringEqualsIgnoreCase", "Prod", ["PROD"], True),
        ("StringLike", "a*c?", ["abcd"], True),
        ("StringNotLike", "a*", ["b"], True),
        ("NumericLessThanEquals", "10", ["10"], True),
        ("NumericGreaterThan", 10, ["9.5"], False),
        ("DateGreaterThan", "2020-01-01T00:00:00Z", ["2024-06-01T00:00:00Z"], True),
        ("DateLessThan", "2020-01-01", ["2024-06-01T00:00:00Z"], False),
        ("Bool", True, ["true"], True),
        ("BoolIfExists", "true", None, True),
        ("Bool", "true", None, False),
        ("IpAddress", "203.0.113.0/24", ["203.0.113.7"], True),
        ("NotIpAddress", "203.0.113.0/24", ["203.0.113.7"], False),
        ("ArnLike", "arn:aws:iam::*:role/a*", ["arn:aws:iam::123456789012:role/ab"], True),
        ("ArnLike", "arn:aws:*", ["arn:aws:iam::123456789012:role/ab"], False),
        ("Null", "true", None, True),
        ("Null", "false", ["x"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["a", "c"], True),
        ("ForAllValues:StringEquals", ["a"], None, True),
        ("BinaryEquals", "QmluYXJ5", ["QmluYXJ5"], True),
    ],
)
def test_conditions_compare_the_context(
    operator: str, wanted: Any, given: list[str] | None, expected: bool
) -> None:
    statement = allow(Condition={operator: {"aws:Key": wanted}})

    found = verdict(statement, context={} if given is None else {"aws:key": given})

    assert found is (Verdict.ALLOWED if expected else Verdict.IMPLICIT_DENY)


def test_a_missing_context_key_is_named() -> None:
    statement = allow(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})

    decision = decide([policy(statement)], AccessRequest(action="s3:GetObject"))

    assert (decision.verdict, decision.missing) == (
        Verdict.IMPLICIT_DENY,
        ["aws:RequestedRegion"],
    )


def test_variables_stand_for_the_context_and_never_for_wildcards() -> None:
    statement = allow(Resource="arn:aws:s3:::b/${aws:username}/*")

    mine = verdict(statement, resource="arn:aws:s3:::b/ann/x", context={"aws:username": ["ann"]})
    other = verdict(statement, resource="arn:aws:s3:::b/bob/x", context={"aws:username": ["ann"]})
    star = verdict(statement, resource="arn:aws:s3:::b/bob/x", context={"aws:username": ["*"]})
    unknown = verdict(statement, resource="arn:aws:s3:::b/ann/x")

    assert (mine, other, star, unknown) == (
        Verdict.ALLOWED,
        Verdict.IMPLICIT_DENY,
        Verdict.IMPLICIT_DENY,
        Verdict.IMPLICIT_DENY,
    )


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ({"AWS": "123456789012"}, "arn:aws:iam::123456789012:user/ann", True),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "arn:aws:iam::123456789012:user/ann", True),
        ({"AWS": "arn:aws:iam::123456789012:user/ann"}, "arn:aws:iam::123456789012:root", True),
        ({"AWS": "arn:aws:iam::123456789012:user/bob"}, "arn:aws:iam::123456789012:user/a", False),
        ({"AWS": "arn:aws:iam::210987654321:root"}, "arn:aws:iam::123456789012:root", False),
        (
            {"AWS": "arn:aws:iam::123456789012:role/p/r"},
            "arn:aws:sts::123456789012:assumed-role/r/session",
            True,
        ),
        ({"Service": "sagemaker.amazonaws.com"}, "sagemaker.amazonaws.com", True),
        ({"Service": "sagemaker.amazonaws.com"}, "arn:aws:iam::123456789012:root", False),
        ("*", "arn:aws:iam::210987654321:user/x", True),
    ],
)
def test_trust_policies_name_principals(principal: Any, caller: str, expected: bool) -> None:
    text = json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    )

    decision = decide(
        [PolicyDocument.parse(text, kind="trust")],
        AccessRequest(action="sts:AssumeRole", principal=caller),
    )

    assert (decision.verdict is Verdict.ALLOWED) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        ('{"Statement": []}', "Syntax errors in policy."),
        (
            '{"Version": "2013-01-01", "Statement": []}',
            "The policy must contain a valid version string. Please use 2012-10-17.",
        ),
        (
            '{"Statement": {"Effect": "Allow", "Resource": "*"}}',
            "Policy statement must contain actions.",
        ),
        (
            '{"Statement": {"Effect": "Allow", "Action": "*"}}',
            "Policy statement must contain resources.",
        ),
        (
            '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "bucket"}}',
            'Resource bucket must be in ARN format or "*".',
        ),
        (
            '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",'
            ' "Condition": {"Near": {"a": "b"}}}}',
            "Invalid Condition type : Near.",
        ),
    ],
)
def test_what_breaks_the_grammar_is_told(text: str, message: str) -> None:
    with pytest.raises(MalformedPolicyError) as caught:
        PolicyDocument.parse(text)

    assert str(caught.value) == message
