"""`make demo`: unmodified programs, answered and trained by real models on this machine."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from demo import training
from demo.telling import say
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
        point_clients_at(server)
        say("3. A program that knows only boto3", HERE / "invoke_model.py")
        command = [sys.executable, HERE / "show.py", HERE / "invoke_model.py"]
        subprocess.run(command, check=True)
        say("4. The AWS CLI", HERE / "converse.sh")
        subprocess.run(["sh", HERE / "converse.sh"], check=True)
        training.show(server)
    say("Done. `.venv/bin/outcrop up` starts a server of your own.")


def point_clients_at(server: LocalServer) -> None:
    """Let the server stand for AWS in this process and in those that it starts."""
    for name in misleading(server.client_environment()):
        del os.environ[name]
    os.environ.update(server.client_environment())
    os.environ["PATH"] = f"{OUTCROP.parent}{os.pathsep}{os.environ['PATH']}"


if __name__ == "__main__":
    main()
