"""Processors of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def test_processors_run_scripts_and_source_folders_and_show_a_log(
    program: Callable[..., Any], account: str
) -> None:
    scripts = HERE / "programs" / "processors"
    printed, told = program("processing.py", f"data-{account}", str(scripts))

    assert "4 rows for framework" in printed
    assert "Requirement already satisfied: pip" in printed
    assert told == ["sklearn,value", "script,value", "framework,value"]
