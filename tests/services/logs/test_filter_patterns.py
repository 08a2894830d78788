"""What filter patterns match, by the examples of AWS's user guide."""

import json
from typing import Any

import pytest

from outcrop.services.logs.filter_pattern import InvalidPatternError, parse_pattern

EVENT = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
        "latency": 512.5,
        "cluster.name": "c1",
    }
)
LINE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("", "anything", True),
        ("ERROR", "[ERROR] A fatal exception", True),
        ("ERROR", "Exiting with ERRORCODE: -1", True),
        ("error", "[ERROR] A fatal exception", False),
        ("ERROR -Exiting", "Exiting with ERRORCODE: -1", False),
        ('ERROR - "Exiting"', "Exiting with ERRORCODE: -1", False),
        ("ERROR Exception", "[ERROR] Caught IllegalArgumentException", True),
        ("ERROR Exception", "[ERROR] Caught nothing", False),
        ("?ERROR ?WARN", "WARN message", True),
        ("?ERROR ?WARN", "INFO message", False),
        ("ERROR WARN", "ERROR message", False),
        ('"Failed to process"', "[WARN] Failed to process the request", True),
        ('"say \\"hi\\""', 'they say "hi" here', True),
        ("%AUTHORI[SZ]ED%", "UNAUTHORIZED REQUEST", True),
        ("%^5[0-9]+%", "code 500", False),
    ],
)
def test_terms_occur_in_the_text(pattern: str, message: str, expected: bool) -> None:
    assert (parse_pattern(pattern).match(message) is not None) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = Update* }", True),
        ('{ $.eventType = "*Trail" }', True),
        ('{ $.eventType = "update*" }', False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[*] = "another value" }', True),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.latency >= 500 && $.latency < 1e3 }", True),
        ("{ $.latency > 513 || $.eventType = UpdateTrail }", True),
        ("{ ($.latency > 513 || $.eventType = Nothing) && $.ThisFlag IS TRUE }", False),
        ("{ $.latency = * }", True),
        ("{ $.absent = * }", False),
        ("{ $.absent != a }", False),
        ("{ $.arrayKey != a }", False),
        ("{ $.['cluster.name'] = c1 }", True),
        ("{ $.eventType = %^Up[a-z]+% }", True),
    ],
)
def test_json_patterns_read_the_event(pattern: str, expected: bool) -> None:
    assert (parse_pattern(pattern).match(EVENT) is not None) is expected


def test_an_event_that_is_no_json_matches_no_json_pattern() -> None:
    pattern = parse_pattern("{ $.a NOT EXISTS }")

    assert [pattern.match(message) for message in ("text", "{half", "")] == [None, None, None]


def test_a_json_pattern_gives_the_values_it_looked_at() -> None:
    pattern = parse_pattern('{ $.latency > 1 && $.eventType = "UpdateTrail" }')

    assert pattern.match(EVENT) == {"$.latency": "512.5", "$.eventType": "UpdateTrail"}


def test_a_space_delimited_pattern_names_the_fields() -> None:
    pattern = parse_pattern("[..., request=*.html*, status_code=4*,]")

    assert pattern.match(LINE) == {
        "$1": "127.0.0.1",
        "$2": "-",
        "$3": "frank",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0",
        "$status_code": "404",
        "$7": "1534",
    }


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 2000]", False),
        ("[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000]", False),
        ("[ip, ..., status_code = 4* && bytes > 1000, bytes]", True),
        ("[..., status_code = 403 || status_code = 404, bytes]", True),
        ("[..., status_code = 4* && status_code != 404, bytes]", False),
        ("[ip, user]", False),
        ("[ip = 127.0.0.1, ...]", True),
    ],
)
def test_space_delimited_conditions(pattern: str, expected: bool) -> None:
    assert (parse_pattern(pattern).match(LINE) is not None) is expected


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("status: bad", "Invalid character(s) in term ':'"),
        ("(", "Invalid character(s) in term '('"),
        ('{ $."sc-status" = 5* }', "Invalid filter pattern: a selector needs a property"),
        ("{ $.a = }", "Invalid character(s) in term '}'"),
        ("{ $.a = 1", "Invalid filter pattern"),
        ("[a, ..., b, ...]", "Invalid filter pattern: only one ellipsis is allowed"),
        ("%(a|b)%", "Invalid regular expression '(a|b)'"),
    ],
)
def test_what_breaks_the_grammar_is_told(pattern: str, message: str) -> None:
    with pytest.raises(InvalidPatternError) as caught:
        parse_pattern(pattern)

    assert str(caught.value) == message


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    deep: Any = "{ " + "(" * 5000 + "$.a = 1" + ")" * 5000 + " }"

    with pytest.raises(InvalidPatternError):
        parse_pattern(deep)
