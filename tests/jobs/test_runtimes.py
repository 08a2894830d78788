"""Which runtime an image stands for, and environments that are made once."""

import asyncio
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from outcrop.jobs.runtimes import (
    CannotInstallError,
    CatalogError,
    RuntimeStore,
    UnknownImageError,
    add_from,
    find_runtime,
    load_runtimes,
)
from outcrop.jobs.runtimes.added import read, write

pytestmark = pytest.mark.anyio

SMALL = replace(load_runtimes()["scikit-learn"], name="small", packages=("pip",))


@pytest.mark.parametrize(
    "image",
    [
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0-gpu-py310",
        "763104351884.dkr.ecr.eu-west-3.amazonaws.com/pytorch-inference:2.6-cpu-py312",
        "520713654638.dkr.ecr.us-east-1.amazonaws.com/sagemaker-pytorch:1.0.0-cpu-py3",
        "pytorch-training:2.0-gpu",
    ],
)
def test_images_of_pytorch_stand_for_one_runtime(image: str) -> None:
    assert find_runtime(image).name == "pytorch"


@pytest.mark.parametrize(
    "image",
    [
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training:2.5.1-"
        "transformers4.49.0-gpu-py311-cu124-ubuntu22.04",
        "763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface-pytorch-inference:2.6.0-"
        "transformers4.49.0-cpu-py312-ubuntu22.04",
    ],
)
def test_images_of_hugging_face_run_what_pytorch_runs_and_more(image: str) -> None:
    found, pytorch = find_runtime(image), load_runtimes()["pytorch"]

    assert (found.name, found.parent, found.train) == ("huggingface-pytorch", pytorch, ["train"])
    assert found.environment == pytorch.environment


@pytest.mark.parametrize(
    "image",
    [
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
        "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:0.23-1-cpu-py3",
        "registry:5000/sagemaker-scikit-learn@sha256:00",
        "sagemaker-scikit-learn:1.2-1",
        "sagemaker-scikit-learn",
    ],
)
def test_an_image_stands_for_its_runtime_whatever_its_registry_and_tag(image: str) -> None:
    assert find_runtime(image).name == "scikit-learn"


def test_an_image_without_a_runtime_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UnknownImageError, match=r"image mine:1\..* sagemaker-scikit-learn.*add"):
        find_runtime("mine:1")


async def test_an_environment_is_made_once_for_all_who_ask(tmp_path: Path) -> None:
    said: list[str] = []
    stores = [RuntimeStore(tmp_path), RuntimeStore(tmp_path)]
    paths = await asyncio.gather(
        *(store.install(SMALL, say=said.append) for store in stores for _ in range(2))
    )

    assert set(paths) == {stores[0].path(SMALL)}
    assert len([line for line in said if "Requirement already satisfied: pip" in line]) == 1
    assert stores[1].is_installed(SMALL)
    assert (paths[0] / "bin" / "python").exists()
    stores[1].remove(SMALL)
    assert not stores[0].is_installed(SMALL)


async def test_packages_come_without_what_they_demand_where_that_is_asked(tmp_path: Path) -> None:
    said: list[str] = []
    alone = replace(SMALL, packages_without_dependencies=("jinja2==3.1.6",))
    path = await RuntimeStore(tmp_path).install(alone, say=said.append)

    packages = next(path.glob("lib/python*/site-packages"))
    assert (packages / "jinja2").exists()
    assert not (packages / "markupsafe").exists()


async def test_what_extends_a_runtime_adds_to_its_packages_and_has_its_commands(
    tmp_path: Path,
) -> None:
    below = replace(SMALL, name="below", packages=("markupsafe==3.0.4",))
    above = replace(SMALL, name="above", parent=below, packages=("jinja2==3.1.6",))
    top = replace(SMALL, name="top", parent=above, packages=("httptools==0.9.0",))
    store = RuntimeStore(tmp_path)
    path = await store.install(top, say=lambda _: None)

    added = {one.name for one in next(path.glob("lib/python*/site-packages")).iterdir()}
    assert {name for name in added if "dist-info" in name} == {"httptools-0.9.0.dist-info"}
    program = "import sys, jinja2, markupsafe, httptools; print(sys.prefix)"
    assert printed(path / "bin/python", "-c", program) == f"{path}\n"
    assert "markupsafe/" in printed(path / "bin/pip", "show", "--files", "markupsafe")
    assert store.is_installed(top)
    store.remove(below)
    assert not store.is_installed(top)


async def test_what_adds_no_packages_runs_in_the_environment_it_extends(tmp_path: Path) -> None:
    algorithm = replace(SMALL, name="algorithm", parent=SMALL, packages=())
    store = RuntimeStore(tmp_path)

    assert await store.install(algorithm, say=lambda _: None) == store.path(SMALL)
    assert store.is_installed(SMALL)


async def test_what_pip_cannot_find_is_told_and_is_no_environment(tmp_path: Path) -> None:
    store = RuntimeStore(tmp_path)
    impossible = replace(SMALL, packages=("no-such-package-of-anybody==0",))
    with pytest.raises(CannotInstallError, match="No matching distribution found"):
        await store.install(impossible, say=lambda _: None)

    assert not store.is_installed(impossible)


def test_environments_of_other_packages_lie_elsewhere(tmp_path: Path) -> None:
    store = RuntimeStore(tmp_path)
    changed = replace(SMALL, packages=("pip==1",))
    more = replace(SMALL, packages_without_dependencies=("pip==1",))

    assert len({store.path(one) for one in (SMALL, changed, more)}) == 3
    assert store.path(SMALL).name.startswith("small-")


def printed(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_runtime_is_added_to_the_data_of_the_server_that_is_meant(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    given = ("--data", str(tmp_path / "other"), "add", "own", "--image", "own", "--package", "six")

    code, said = outcrop_runtimes(*given, environment=environment)

    assert (code, said.splitlines()[0].partition(" is ")[0]) == (0, "own")
    assert list(tomllib.loads((tmp_path / "other/runtimes.toml").read_text())) == ["own"]


def outcrop_runtimes(*arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "outcrop", "runtimes", *arguments],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command_lists_and_removes(tmp_path: Path) -> None:
    environment = {"OUTCROP_JOBS_RUNTIMES": str(tmp_path), "HOME": str(tmp_path)}

    code, listed = outcrop_runtimes("list", environment=environment)
    assert code == 0
    assert listed.splitlines()[1].split()[:3] == ["scikit-learn", "no", "sagemaker-scikit-learn"]
    assert outcrop_runtimes("remove", "scikit-learn", environment=environment) == (
        0,
        "scikit-learn is not here.\n",
    )
    assert outcrop_runtimes("install", "none", environment=environment) == (
        1,
        f"Error: There is no runtime none; there are: {', '.join(load_runtimes())}\n",
    )


def test_an_operators_own_runtime_is_added_used_and_removed(tmp_path: Path) -> None:
    environment = {
        "OUTCROP_DATA": str(tmp_path / "data"),
        "OUTCROP_JOBS_RUNTIMES": str(tmp_path / "runtimes"),
        "HOME": str(tmp_path),
    }
    folder = tmp_path / "mine"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)

    given = ("--image", "forecasts", "--package", "polars==1.35.2", "--variable", "MODE=fast")
    code, said = outcrop_runtimes("add", "forecaster", *given, environment=environment)
    assert (code, said) == (
        0,
        "forecaster is added; `outcrop runtimes install forecaster` makes its environment now.\n",
    )
    given = ("--image", "own", "--folder", str(folder), "--train", "python -m 'my trainer'")
    assert outcrop_runtimes("add", "own", *given, environment=environment)[0] == 0

    lines = outcrop_runtimes("list", environment=environment)[1].splitlines()[-2:]
    assert [line.split() for line in lines] == [
        ["forecaster", "no", "forecasts", "scikit-learn's,", "polars==1.35.2"],
        ["own", "yes", "own", str(folder)],
    ]
    assert tomllib.loads((tmp_path / "data/runtimes.toml").read_text()) == {
        "forecaster": {
            "repositories": ["forecasts"],
            "extends": "scikit-learn",
            "packages": ["polars==1.35.2"],
            "environment": {"MODE": "fast"},
        },
        "own": {
            "repositories": ["own"],
            "folder": str(folder),
            "train": ["python", "-m", "my trainer"],
        },
    }
    assert outcrop_runtimes("remove", "own", environment=environment)[1] == "own is removed.\n"
    assert (folder / "bin/python").exists()
    assert "own" not in tomllib.loads((tmp_path / "data/runtimes.toml").read_text())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("pytorch", "--image", "mine"), "pytorch is a runtime of Outcrop's own"),
        (("Mine", "--image", "mine"), "'Mine' is no name: it must be of a-z, 0-9 and -."),
        (("mine", "--image", "mine", "--extends", "r"), "mine extends r, which is none of scikit"),
        (("mine", "--image", "mine", "--variable", "x"), "--variable takes NAME=VALUE."),
        (
            ("mine", "--image", "mine", "--folder", "/", "--package", "x"),
            "--folder goes with neither --package nor --extends.",
        ),
        (("mine",), "Missing option '--image'"),
    ],
)
def test_what_cannot_be_added_is_told(tmp_path: Path, given: tuple[str, ...], reason: str) -> None:
    environment = {"OUTCROP_DATA": str(tmp_path), "HOME": str(tmp_path)}

    code, said = outcrop_runtimes("add", *given, environment=environment)

    assert code != 0
    assert reason in said
    assert not (tmp_path / "runtimes.toml").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[mine", "is not TOML: "),
        ("mine = 1", "mine is no table."),
        ("[mine]\nimages = []", "mine has images, which no runtime has."),
        ("[mine]\nrepositories = 'mine'", "mine: repositories is of another kind."),
        ("[mine]\nextends = 'pytorch'", "mine has no repositories"),
        ("[mine]\nrepositories = ['mine']", "mine must either extend a runtime or have a folder."),
        (
            "[mine]\nrepositories = ['mine']\nfolder = 'mine'",
            "mine: the folder must be an absolute path.",
        ),
    ],
)
def test_a_file_that_is_no_catalogue_is_told_with_the_image(
    operators_file: Path, text: str, reason: str
) -> None:
    operators_file.write_text(text)

    with pytest.raises(CatalogError, match=re.escape(reason)):
        read(operators_file)
    with pytest.raises(UnknownImageError, match=re.escape(reason)):
        find_runtime("pytorch-training")


async def test_images_stand_for_the_operators_runtimes_first(
    tmp_path: Path, operators_file: Path
) -> None:
    entries = {
        "mine": {"repositories": ["mine", "lda"], "extends": "xgboost", "packages": ["x==1"]},
        "there": {"repositories": ["there"], "folder": str(tmp_path / "none")},
    }
    write(operators_file, entries)
    xgboost, store = load_runtimes()["xgboost"], RuntimeStore(tmp_path)

    mine, there = find_runtime("registry/mine:3"), find_runtime("there")

    assert (mine.name, mine.title, mine.parent) == ("mine", "mine", xgboost)
    assert (mine.train, mine.serve, mine.algorithm) == (xgboost.train, xgboost.serve, ())
    assert find_runtime("1.dkr.ecr.us-east-1.amazonaws.com/lda:1").name == "mine"
    assert store.path(there) == tmp_path / "none"
    assert not store.is_installed(there)
    with pytest.raises(CannotInstallError, match="There is no environment in"):
        await store.install(there, say=lambda _: None)


@pytest.fixture
def operators_file(tmp_path: Path) -> Iterator[Path]:
    """The file that the catalogue goes on in, for a test."""
    file = tmp_path / "operators.toml"
    add_from(file)
    yield file
    file.unlink()
