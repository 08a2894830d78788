"""Filter patterns: which events FilterLogEvents, metric filters and Live Tail choose.

A pattern in braces reads events as JSON, one in square brackets as fields between spaces, and any
other as terms that occur in the text.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from outcrop.services.logs.filter_pattern.interface import FilterPattern, InvalidPatternError
from outcrop.services.logs.filter_pattern.json_pattern import JsonPattern, selected
from outcrop.services.logs.filter_pattern.space_delimited import SpaceDelimitedPattern
from outcrop.services.logs.filter_pattern.terms import TermPattern

__all__ = ["FilterPattern", "InvalidPatternError", "parse_pattern", "selected"]


def parse_pattern(text: str) -> FilterPattern:
    """Return the pattern that a text describes.

    Raises:
        InvalidPatternError: The text breaks the grammar.
    """
    stripped = text.strip()
    if stripped.startswith("{"):
        try:
            return JsonPattern.parse(stripped)
        except RecursionError as error:
            raise InvalidPatternError("Invalid filter pattern: nested too deeply") from error
    if stripped.startswith("["):
        return SpaceDelimitedPattern.parse(stripped)
    return TermPattern.parse(stripped)
