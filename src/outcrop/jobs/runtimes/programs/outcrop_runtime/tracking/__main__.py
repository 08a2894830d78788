"""Becomes MLflow's server, listening on a Unix socket.

It runs what `mlflow server` runs, without that command's own process, which would import MLflow
once more at each start and keep it in memory. The server answers as many questions at once as it
likes, and those who ask know one worker for each socket: so all sockets but the first lead to the
first.
"""

import os
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

APPLICATION = "mlflow.server.fastapi_app:app"
DATABASE, MARK = Path("mlflow.db"), Path("mlflow.version")
"""Where the program starts; the second holds the version of MLflow that it has the tables of."""


def main(environment: Mapping[str, str]) -> None:
    """Make the database and the sockets ready, and run the server in this process."""
    database = f"sqlite:///{DATABASE.absolute()}"
    processes = environment["OUTCROP_PROCESSES"]
    if DATABASE.exists() or processes != "1":  # One process alone makes it when it is first asked.
        _upgrade(database)
    sockets = Path(environment["OUTCROP_SOCKETS"])
    first = sockets / "0.sock"
    first.unlink(missing_ok=True)  # What a run that was killed has left.
    for number in range(1, int(environment["OUTCROP_WORKERS"])):
        link = sockets / f"{number}.sock"
        if not link.is_symlink():
            link.symlink_to(first.name)
    command = ["python", "-m", "uvicorn", "--uds", str(first), "--no-access-log"]
    command += ["--workers", processes, APPLICATION]
    told = {
        "_MLFLOW_SERVER_FILE_STORE": database,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": environment["OUTCROP_ARTIFACTS"],
        "_MLFLOW_SGI_NAME": "uvicorn",
    }
    os.execvpe(command[0], command, {**environment, **told})  # noqa: S606 - our own words


def _upgrade(database: str) -> None:
    """Give the database the tables of the MLflow that there is, unless it has them."""
    wanted = version("mlflow")
    if not MARK.exists() or MARK.read_text(encoding="ascii") != wanted:
        command = ["python", "-m", "mlflow", "db", "upgrade", database]
        subprocess.run(command, check=True)  # noqa: S603 - our own words
        MARK.write_text(wanted, encoding="ascii")


if __name__ == "__main__":
    main(os.environ)
