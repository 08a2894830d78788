"""`make demo`: two unmodified programs, answered by a real model on this machine."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from outcrop import LocalServer
from outcrop.local import misleading

HERE = Path(__file__).parent
OUTCROP = Path(sys.executable).with_name("outcrop")
MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
SETTINGS = {
    "OUTCROP_CHAT_MODEL": MODEL,
    # The programs name no length, and boto3 hangs up after 60 s: short enough for a busy laptop.
    "OUTCROP_BEDROCK_MAX_TOKENS": "200",
}


def main() -> None:
    """Fetch the small model, start a server, and run the programs."""
    say("1. The weights of a small language model (once; kept for next time)")
    subprocess.run([OUTCROP, "models", "pull", MODEL], check=True)
    say("2. The server")
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-demo-") as folder,
        LocalServer(Path(folder), settings=SETTINGS).running() as server,
    ):
        print(f"Outcrop {server.state['version']} answers at {server.url}")
        environment = {**os.environ, **server.client_environment()}
        for name in misleading(server.client_environment()):
            del environment[name]
        environment["PATH"] = f"{OUTCROP.parent}{os.pathsep}{environment['PATH']}"
        say("3. A program that knows only boto3", HERE / "invoke_model.py")
        command = [sys.executable, HERE / "show.py", HERE / "invoke_model.py"]
        subprocess.run(command, env=environment, check=True)
        say("4. The AWS CLI", HERE / "converse.sh")
        subprocess.run(["sh", HERE / "converse.sh"], env=environment, check=True)
    say("Done. `.venv/bin/outcrop up` starts a server of your own.")


def say(title: str, program: Path | None = None) -> None:
    """Print a title, and the program that is about to run."""
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n{title}", flush=True)
    if program is not None:
        print("\n".join(f"    {line}" for line in program.read_text().splitlines()), flush=True)


if __name__ == "__main__":
    main()
