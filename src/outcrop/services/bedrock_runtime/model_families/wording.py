"""How vendors word what is wrong with a body.

Bedrock checks most bodies against a JSON Schema and passes on what the validator says; Anthropic's
models check theirs and speak for themselves.

Source: Amazon Bedrock User Guide, "Troubleshooting Amazon Bedrock API Error Codes"; Anthropic API
reference, "Errors".
"""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias

from outcrop.aws.errors import ServiceError
from outcrop.services.bedrock_runtime import shapes

Path: TypeAlias = tuple[str | int, ...]
"""Names and indices that lead from the body to one of its members."""

Kind = Literal["Boolean", "Integer", "JSONArray", "JSONObject", "Number", "String"]


class Wording(Protocol):
    """Says what is wrong."""

    def missing(self, path: Path) -> str:
        """Say that a member is needed."""
        ...

    def extraneous(self, path: Path) -> str:
        """Say that nobody knows a member."""
        ...

    def wrong_kind(self, path: Path, expected: Kind, found: Any) -> str:
        """Say that a member is of another kind."""
        ...

    def out_of_range(
        self, path: Path, value: float, least: float | None, greatest: float | None
    ) -> str:
        """Say that a number is too small or too great."""
        ...

    def problem(self, path: Path, text: str) -> str:
        """Say anything else of a member."""
        ...

    def refusal(self, problems: Sequence[str]) -> ServiceError:
        """Return the error that says all of it."""
        ...


class SchemaWording:
    """The words of Bedrock's schema validator."""

    def missing(self, path: Path) -> str:
        """See `Wording.missing`."""
        return f"{_pointer(path[:-1])}: required key [{path[-1]}] not found"

    def extraneous(self, path: Path) -> str:
        """See `Wording.extraneous`."""
        return f"{_pointer(path[:-1])}: extraneous key [{path[-1]}] is not permitted"

    def wrong_kind(self, path: Path, expected: Kind, found: Any) -> str:
        """See `Wording.wrong_kind`."""
        return f"{_pointer(path)}: expected type: {expected}, found: {_kind_of(found)}"

    def out_of_range(
        self, path: Path, value: float, least: float | None, greatest: float | None
    ) -> str:
        """See `Wording.out_of_range`."""
        if least is not None and value < least:
            return f"{_pointer(path)}: {value} is not greater or equal to {least}"
        return f"{_pointer(path)}: {value} is not less or equal to {greatest}"

    def problem(self, path: Path, text: str) -> str:
        """See `Wording.problem`."""
        return f"{_pointer(path)}: {text}"

    def refusal(self, problems: Sequence[str]) -> ServiceError:
        """See `Wording.refusal`."""
        return shapes.ValidationException(
            f"Malformed input request: {''.join(problems)}, "
            "please reformat your input and try again."
        )


class AnthropicWording:
    """The words of Anthropic's models."""

    def missing(self, path: Path) -> str:
        """See `Wording.missing`."""
        return f"{_dotted(path)}: Field required"

    def extraneous(self, path: Path) -> str:
        """See `Wording.extraneous`."""
        return f"{_dotted(path)}: Extra inputs are not permitted"

    def wrong_kind(self, path: Path, expected: Kind, found: Any) -> str:
        """See `Wording.wrong_kind`."""
        del found
        return f"{_dotted(path)}: Input should be a valid {_ANTHROPIC_KINDS[expected]}"

    def out_of_range(
        self, path: Path, value: float, least: float | None, greatest: float | None
    ) -> str:
        """See `Wording.out_of_range`."""
        if least is not None and greatest is not None:
            return f"{_dotted(path)}: range: {least}..{greatest}"
        if least is not None and value < least:
            return f"{_dotted(path)}: Input should be greater than or equal to {least}"
        return f"{_dotted(path)}: Input should be less than or equal to {greatest}"

    def problem(self, path: Path, text: str) -> str:
        """See `Wording.problem`."""
        return f"{_dotted(path)}: {text}"

    def refusal(self, problems: Sequence[str]) -> ServiceError:
        """See `Wording.refusal`. Of several problems the first is told."""
        return shapes.ValidationException(problems[0])


SCHEMA = SchemaWording()
ANTHROPIC = AnthropicWording()

_ANTHROPIC_KINDS: dict[Kind, str] = {
    "Boolean": "boolean",
    "Integer": "integer",
    "JSONArray": "list",
    "JSONObject": "dictionary",
    "Number": "number",
    "String": "string",
}
_KINDS: dict[type, str] = {
    bool: "Boolean",
    dict: "JSONObject",
    float: "BigDecimal",
    int: "Integer",
    list: "JSONArray",
    str: "String",
    type(None): "Null",
}


def _kind_of(value: Any) -> str:
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "")


def _pointer(path: Path) -> str:
    return "/".join(("#", *map(str, path)))


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
