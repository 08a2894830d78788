"""The languages of the service, and what they are called.

Source: https://docs.aws.amazon.com/translate/latest/dg/what-is-languages.html
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

AUTO = "auto"


@cache
def names() -> Mapping[str, Mapping[str, str]]:
    """Return the languages' names by display language, by the languages' codes."""
    file = files("outcrop.services.translate").joinpath("languages.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def base(code: str) -> str:
    """Return a code without its region."""
    return code.partition("-")[0]
