"""Java's regular expressions, read by Python."""

import time

import pytest

from outcrop.protocol.patterns import LONGEST_MATCHED, matcher


def matches(pattern: str, text: str) -> bool:
    found = matcher(pattern)
    assert found is not None
    return found(text)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[a-z]+", "abc", "abc1"),
        (r"^[\p{L}\p{N}_]*$", "été2026", "a-b"),
        (r"\w+", "a_1", "é"),
        (r"[\w-.]+", "a-b.c", "a+b"),
        (r"\d{2}", "12", "١٢"),
        (r"[\s\S]*", "any\nthing é", None),
        (r"\S+", "no-space", "a space"),
        (r"[^\W_]+", "abc", "a_b"),
        (r"\p{Punct}+", "$+<>", "a"),
        (r"[\p{Alnum}]+", "abc123", "é"),
        (r"\p{ASCII}*", "plain", "é"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF]*", "\U0001f600 é", "\n"),
        (r"[\x{41}-\x{43}]+", "ABC", "D"),
        (r"a++b", "aab", "aac"),
        (r"\Qa.b\E", "a.b", "axb"),
        (r"(?<first>a)b", "ab", "b"),
        (r"[]a]+", "]a", "b"),
        (r"[a-z&&[^b]]+", "ac", "b"),
    ],
)
def test_a_pattern_means_what_it_means_in_java(pattern: str, good: str, bad: str | None) -> None:
    assert matches(pattern, good)
    assert bad is None or not matches(pattern, bad)


def test_a_pattern_that_python_cannot_read_is_left_out() -> None:
    assert matcher("[0-9]{11}{0,1011}") is None


def test_a_value_made_to_run_long_does_not_match() -> None:
    started = time.monotonic()

    assert not matches("(a|aa)+b", "a" * 60)

    assert time.monotonic() - started < 10


def test_a_value_of_unreasonable_length_is_not_held_against_a_pattern() -> None:
    assert matches("a*", "b" * (LONGEST_MATCHED + 1))
