"""The part of the demo that trains: PyTorch, the SageMaker SDK, and a program as it stands."""

import os
import subprocess
import sys
from pathlib import Path

import boto3

from demo.telling import say
from outcrop import LocalServer
from outcrop.jobs.runtimes import RuntimeStore, load_runtimes
from outcrop.settings import cache_home, load

PROGRAM = Path(__file__).with_name("train_and_deploy.py")
SDK = "sagemaker==2.257.7"
WRITE_IRIS = """
import csv, sys
from sklearn.datasets import load_iris
iris = load_iris()
rows = ([iris.target_names[kind], *cells] for kind, cells in zip(iris.target, iris.data.tolist()))
csv.writer(sys.stdout, lineterminator="\\n").writerows(rows)
"""
ASKED = "5.1,3.5,1.4,0.2\n6.7,3.1,4.7,1.5\n6.3,3.3,6.0,2.5\n"
"""Three flowers: their sepals' and petals' lengths and widths in cm."""
QUIET = {"SAGEMAKER_SUPPRESS_V2_WARNING": "1"}
"""That there is a version 3, the SDK says many times."""


def show(server: LocalServer) -> None:
    """Install what is needed, put data to S3, run the program, and ask its endpoint."""
    say(
        "5. PyTorch (once; kept for next time: 1.5 GB, several times that where pip chooses the"
        " build for GPUs; some minutes)"
    )
    subprocess.run([sys.executable, "-m", "outcrop", "runtimes", "install", "pytorch"], check=True)
    say("6. The SageMaker SDK, version 2, in its own environment (once; 0.3 GB, a minute)")
    python = sdk_python()
    say("7. Iris as CSV, put to s3://bucket/train/ by boto3")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="train/iris.csv", Body=iris())
    say(
        "8. A program that trains on two instances and deploys (some 90 s: the SDK looks every 30)",
        PROGRAM,
    )
    # AWS's SDK refuses `deploy` without a count of instances; the flag has it take one.
    run = [sys.executable, "-m", "outcrop", "run", "--port", str(server.port)]
    run += ["--assume-one-instance", "--", str(python), str(PROGRAM)]
    subprocess.run(run, env={**os.environ, **QUIET}, check=True)
    ask()


def sdk_python() -> Path:
    """Return the interpreter of an environment that has the SDK."""
    folder = cache_home() / "outcrop" / "demo" / SDK.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", SDK], check=True)
        (folder / "ready").touch()
    print(f"{SDK} is here: {folder}")
    return python


def iris() -> bytes:
    """Return the data as the runtime's scikit-learn has them, the kind of flower first."""
    runtime = RuntimeStore(load().jobs.runtimes).path(load_runtimes()["pytorch"])
    written = subprocess.run(
        [runtime / "bin" / "python", "-c", WRITE_IRIS], stdout=subprocess.PIPE, check=True
    )
    return written.stdout


def ask() -> None:
    """Ask the endpoint that is there, and delete it."""
    sagemaker = boto3.client("sagemaker")
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    name = endpoint["EndpointName"]
    say(f"9. Three flowers, asked of the endpoint {name}")
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=ASKED
    )
    kinds = answer["Body"].read().decode().splitlines()
    for flower, kind in zip(ASKED.splitlines(), kinds, strict=True):
        print(f"{flower}: {kind}")
    sagemaker.delete_endpoint(EndpointName=name)
