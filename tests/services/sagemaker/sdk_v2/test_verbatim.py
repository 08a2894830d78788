"""A program that names no role, no script and no data format, as it stands."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.cli.outcrop_command import outcrop
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.sdk_programs import IMPATIENT
from tests.services.sagemaker.tables import accuracy, table
from tests.services.sagemaker.test_restarts import ACCOUNT

SLOW = pytest.mark.slow  # As `make demo` runs it, too.
PROGRAM = Path(__file__).parents[4] / "demo" / "train_and_deploy.py"


@pytest.mark.parametrize(
    "clock", [pytest.param((IMPATIENT,), id="fast"), pytest.param((), id="real", marks=SLOW)]
)
def test_a_program_of_ten_lines_trains_on_two_instances_and_deploys(
    sdk: Path, tmp_path: Path, clock: Sequence[Path]
) -> None:
    lines, held_out = table("digits")
    with LocalServer(tmp_path).running() as server:
        account = EndpointAccount(partial(client_of, server), ACCOUNT)
        account.s3.create_bucket(Bucket="bucket")
        account.s3.put_object(Bucket="bucket", Key="train/digits.csv", Body="\n".join(lines))

        run = ("run", "--assume-one-instance", "--port", str(server.port), "--")
        done = outcrop(*run, *map(str, (sdk / "bin" / "python", *clock, PROGRAM)))

        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        for number, host in enumerate(("algo-1", "algo-2")):
            assert (
                f"instance={host} channel=train kind=CSV files=1 rows={len(lines[number::2])} of"
                f" {len(lines)}: row {number} and every 2. row after it"
            ) in done.stdout
        epochs = [line for line in done.stdout.splitlines() if line.startswith("epoch=")]
        losses = [float(line.partition("train:loss=")[2].split()[0]) for line in epochs]
        assert len(losses) == 10
        assert losses[-1] < losses[0] / 2
        (endpoint,) = account.sagemaker.list_endpoints()["Endpoints"]
        assert endpoint["EndpointStatus"] == "InService"
        assert accuracy(account.runtime, endpoint["EndpointName"], held_out) >= 0.9
        account.sagemaker.delete_endpoint(EndpointName=endpoint["EndpointName"])
