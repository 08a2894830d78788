"""The `outcrop` command, run as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping

Done = subprocess.CompletedProcess[str]


def outcrop(*arguments: str, variables: Mapping[str, str] | None = None) -> Done:
    """Run a subcommand to its end, without this process's own AWS variables."""
    kept = {name: value for name, value in os.environ.items() if name[:4] != "AWS_"}
    return subprocess.run(
        [sys.executable, "-m", "outcrop", *arguments],
        env={**kept, **(variables or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refusal(*arguments: str, variables: Mapping[str, str] | None = None) -> str:
    """Return what a subcommand that must fail says on standard error."""
    done = outcrop(*arguments, variables=variables)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr
