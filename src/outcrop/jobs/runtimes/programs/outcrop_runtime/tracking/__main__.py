"""Becomes `mlflow server`, listening on a Unix socket; the arguments are those of that command.

The server answers as many questions at once as it likes, and those who ask know one worker for each
socket: so all sockets but the first lead to the first.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sockets = Path(os.environ["OUTCROP_SOCKETS"])
    for number in range(1, int(os.environ["OUTCROP_WORKERS"])):
        link = sockets / f"{number}.sock"
        if not link.is_symlink():
            link.symlink_to("0.sock")
    arguments = [*sys.argv[1:], "--uvicorn-opts", f"--uds {sockets / '0.sock'}"]
    os.execvp("mlflow", ["mlflow", "server", *arguments])  # noqa: S606, S607 - of the environment
