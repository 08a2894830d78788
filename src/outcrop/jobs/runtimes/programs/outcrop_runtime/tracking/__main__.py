"""MLflow's server, listening on a Unix socket.

It runs what `mlflow server` runs, without that command's own process, which would import MLflow
once more at each start and keep it in memory. The server answers as many questions at once as it
likes, and those who ask know one worker for each socket: so all sockets but the first lead to the
first.
"""

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import uvicorn
from mlflow.server.handlers import initialize_backend_stores

APPLICATION = "mlflow.server.fastapi_app:app"
DATABASE, MARK = Path("mlflow.db"), Path("mlflow.version")
"""Where the program starts; the second holds the version of MLflow that it has the tables of."""


def main() -> None:
    """Make the database and the sockets ready, and serve."""
    database, artifacts = f"sqlite:///{DATABASE.absolute()}", os.environ["OUTCROP_ARTIFACTS"]
    os.environ["_MLFLOW_SERVER_FILE_STORE"] = database
    os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] = artifacts
    os.environ["_MLFLOW_SGI_NAME"] = "uvicorn"
    _have_tables(database, artifacts)
    uvicorn.run(
        APPLICATION,
        uds=str(_listen(Path(os.environ["OUTCROP_SOCKETS"]))),
        workers=int(os.environ["OUTCROP_PROCESSES"]),
        access_log=False,
    )


def _have_tables(database: str, artifacts: str) -> None:
    """Give the database the tables of the MLflow that there is, before many ask at once."""
    wanted = version("mlflow")
    known = MARK.read_text(encoding="ascii") if MARK.exists() else ""
    if DATABASE.exists() and known != wanted:
        command = ["python", "-m", "mlflow", "db", "upgrade", database]
        subprocess.run(command, check=True)  # noqa: S603 - our own words
    initialize_backend_stores(database, None, artifacts)
    MARK.write_text(wanted, encoding="ascii")


def _listen(sockets: Path) -> Path:
    """Return the socket to listen on, to which all others lead."""
    first = sockets / "0.sock"
    first.unlink(missing_ok=True)  # What a run that was killed has left.
    for number in range(1, int(os.environ["OUTCROP_WORKERS"])):
        link = sockets / f"{number}.sock"
        if not link.is_symlink():
            link.symlink_to(first.name)
    return first


if __name__ == "__main__":
    main()
