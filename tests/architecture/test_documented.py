"""The docs cannot lag behind the code."""

import re

import pytest

from outcrop.gateway.registry import ServiceRegistry
from tests.architecture.sources import ROOT
from tools.coverage_page import PAGE, page

REGISTRY = ServiceRegistry()


@pytest.mark.parametrize("service", sorted(REGISTRY.names))
def test_every_operation_is_documented(service: str) -> None:
    text = (ROOT / "docs" / "services" / f"{service}.md").read_text(encoding="utf-8")

    told = set(re.findall(r"^(?:#{2,4} |\| )`?(\w+)`?", text, re.MULTILINE))

    assert sorted(REGISTRY.get(service).operations.keys() - told) == []


def test_the_coverage_page_is_what_its_tool_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/coverage_page.py`"
