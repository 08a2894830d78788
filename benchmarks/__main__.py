"""`make bench`: every comparison, one after the other."""

import subprocess
import sys

COMPARISONS = (
    *("start", "calls", "files", "chat", "embeddings"),
    *("training", "endpoints", "serving_peers", "scaling", "compilation"),
    "abilities",
)


def main() -> None:
    """Run each comparison in a process of its own, so that none warms up another."""
    failed = [
        name
        for name in COMPARISONS
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
