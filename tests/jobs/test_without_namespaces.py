"""Programs where the kernel gives no namespaces: their files are at other paths."""

import importlib.util
import os
import sys
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest

from outcrop.jobs.interface import CannotRunError, End, Mount, Program
from outcrop.jobs.process.runner import ProcessRunner

pytestmark = pytest.mark.anyio


class Bench:
    """A runner without namespaces, and what its programs have."""

    def __init__(self, folder: Path) -> None:
        self.runner = ProcessRunner(folder / "runs", isolations=("none",))
        self.ml, self.channel, self.packages = (folder / it for it in ("ml", "data", "env"))
        (self.ml / "input/data/train").mkdir(parents=True)
        for path in (self.channel, self.packages):
            path.mkdir()
        (self.channel / "rows.csv").write_text("1,2\n")

    def program(self, *command: str, **changes: object) -> Program:
        given: dict[str, object] = {
            "command": command,
            "environment": {
                "PATH": os.environ["PATH"],
                "ROOT": "/opt/ml",
                "TRAIN": "/opt/ml/input/data/train",
                "ELSEWHERE": "s3://bucket/opt/ml /opt/mlx",
                "HOME": "/tmp",
            },
            "directory": "/opt/ml",
            "mounts": [
                Mount(source=self.packages, target=str(self.packages), access="private"),
                Mount(source=self.ml, target="/opt/ml", access="write"),
                Mount(source=self.channel, target="/opt/ml/input/data/train", access="private"),
            ],
        }
        return Program(**{**given, **changes})  # pyright: ignore[reportArgumentType] - as given

    async def run(self, *command: str) -> tuple[End, list[str]]:
        await self.runner.start("run", self.program(*command))
        lines = [line.text async for lines in self.runner.lines("run") for line in lines]
        return await self.runner.end("run"), lines


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_program_that_is_given_no_files_runs(tmp_path: Path) -> None:
    runner = ProcessRunner(tmp_path, isolations=("none",))
    program = Program(command=["echo", "a", ""], environment={"PATH": "/bin"}, directory="/")

    await runner.start("run", program)

    lines = [line.text async for lines in runner.lines("run") for line in lines]
    assert (lines, (await runner.end("run")).exit_code) == (["a "], 0)


async def test_paths_in_the_command_and_the_environment_lead_to_the_files(bench: Bench) -> None:
    name = uuid4().hex
    end, lines = await bench.run(
        "sh",
        "-c",
        f"pwd; cat $TRAIN/rows.csv; echo $ELSEWHERE; echo x > /opt/ml/left; pwd > $HOME/{name}",
    )

    assert lines == [str(bench.ml), "1,2", "s3://bucket/opt/ml /opt/mlx"]
    assert (end.reason, end.exit_code) == ("exited", 0)
    assert (bench.ml / "left").read_text() == "x\n"
    assert not Path("/tmp", name).exists()  # noqa: ASYNC240


async def test_channels_and_environments_stay_as_they_are(bench: Bench) -> None:
    with ZipFile(bench.channel / "thing-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("thing.py", "print('here')")
        wheel.writestr(
            "thing-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1"
        )
        wheel.writestr("thing-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
        wheel.writestr("thing-1.dist-info/RECORD", "")
    pip = f"{sys.executable} -m pip install -q --no-index"
    end, lines = await bench.run(
        "sh",
        "-c",
        f"echo 3,4 >> $TRAIN/rows.csv; {pip} $TRAIN/*.whl && {sys.executable} -c 'import thing'",
    )

    assert (lines, end.exit_code) == (["here"], 0)
    assert (bench.channel / "rows.csv").read_text() == "1,2\n"
    assert importlib.util.find_spec("thing") is None


async def test_a_python_program_finds_itself_by_name(bench: Bench) -> None:
    code = "from socket import *; print(gethostbyname('algo-1'), getaddrinfo('algo-1', 1)[0][4])"
    program = bench.program(sys.executable, "-c", code, hosts={"algo-1": "127.9.8.1"})
    await bench.runner.start("run", program)
    lines = [line.text async for lines in bench.runner.lines("run") for line in lines]

    assert lines == ["127.9.8.1 ('127.9.8.1', 1)"]


async def test_nothing_of_a_program_outlives_it(bench: Bench) -> None:
    _, lines = await bench.run("sh", "-c", "setsid sleep 600 & echo $!")

    assert not Path(f"/proc/{lines[0]}").exists()  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"has_network": False}, "cut off from the network"),
        ({"hosts": {"algo-1": "127.0.1.1", "algo-2": "127.0.1.2"}}, "find one another by name"),
    ],
)
async def test_what_only_namespaces_give_is_refused(
    bench: Bench, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(CannotRunError, match=why):
        await bench.runner.start("run", bench.program("true", **changes))
