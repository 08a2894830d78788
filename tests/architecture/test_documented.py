"""The docs cannot lag behind the code."""

import re
from pathlib import Path

import pytest

from outcrop.gateway.registry import ServiceRegistry
from outcrop.settings import load
from tests.architecture.sources import PACKAGE, ROOT, sources
from tools.coverage_page import PAGE, page

REGISTRY = ServiceRegistry()
SETTINGS = [
    pytest.param(block, id=f"{file.name}-{number}")
    for file in sorted((ROOT / "docs" / "guides").glob("*.md"))
    for number, block in enumerate(
        re.findall(
            r"^```toml\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    )
]


@pytest.mark.parametrize("service", sorted(REGISTRY.names))
def test_every_operation_is_documented(service: str) -> None:
    text = (ROOT / "docs" / "services" / f"{service}.md").read_text(encoding="utf-8")

    told = set(re.findall(r"^(?:#{2,4} |\| )`?(\w+)`?", text, re.MULTILINE))

    assert sorted(REGISTRY.get(service).operations.keys() - told) == []


def test_the_coverage_page_is_what_its_tool_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/coverage_page.py`"


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_of_the_guides_are_settings(block: str, tmp_path: Path) -> None:
    file = tmp_path / "outcrop.toml"
    file.write_text(block, encoding="utf-8")

    assert load(file, environment={})


def test_pages_that_messages_name_are_there() -> None:
    named = {
        page
        for source in sources(PACKAGE)
        for page in re.findall(r"(?<!/)docs/[\w/-]+\.md", source.text)
    }

    assert sorted(page for page in named if not (ROOT / page).is_file()) == []
