"""JSON schemas in the form in which small models do best under them.

Source: https://github.com/guidance-ai/llguidance/blob/main/docs/json_schema.md
"""

from collections.abc import Mapping
from typing import Any, cast

_ONE_LINE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""Left to themselves, small models pad JSON with newlines until their tokens run out."""
_SCHEMAS_BY_NAME = ("properties", "$defs", "definitions")
_SCHEMA_LISTS = ("anyOf", "oneOf", "prefixItems")


def as_object(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema; one that says nothing allows any object."""
    return dict(schema) or {"type": "object"}


def on_one_line(schema: Mapping[str, Any], *, is_lenient: bool) -> dict[str, Any]:
    """Return a schema whose texts have no white space but a blank behind commas and colons.

    Args:
        schema: A JSON schema.
        is_lenient: Let the grammar engine ignore keywords that it does not know (`uniqueItems`,
            some formats and patterns) rather than refuse the schema.
    """
    return {**schema, "x-guidance": {**_ONE_LINE, "lenient": is_lenient}}


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema without the properties that it allows but does not name.

    Small models invent some. What satisfies the closed schema satisfies the schema.
    """
    return {name: _closed_keyword(name, value) for name, value in schema.items()} | (
        {"additionalProperties": False} if _may_be_closed(schema) else {}
    )


def _may_be_closed(schema: Mapping[str, Any]) -> bool:
    # Beside `allOf` and `$ref`, properties of other schemas count as additional.
    others = {"additionalProperties", "patternProperties", "unevaluatedProperties", "allOf", "$ref"}
    if schema.get("properties") == {}:
        others |= {"anyOf", "oneOf"}
    return "properties" in schema and not others & schema.keys()


def _closed_keyword(name: str, value: Any) -> Any:
    if name in _SCHEMAS_BY_NAME and isinstance(value, Mapping):
        by_name = cast("Mapping[str, Any]", value)
        return {key: _closed_schema(schema) for key, schema in by_name.items()}
    if name in _SCHEMA_LISTS and isinstance(value, list):
        return [_closed_schema(schema) for schema in cast("list[Any]", value)]
    return _closed_schema(value) if name == "items" else value


def _closed_schema(schema: Any) -> Any:
    return closed(cast("Mapping[str, Any]", schema)) if isinstance(schema, Mapping) else schema
