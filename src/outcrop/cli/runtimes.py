"""`outcrop runtimes`: the environments that jobs run in, made before a job asks for them."""

import asyncio
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from outcrop.cli._tables import print_table
from outcrop.jobs.runtimes import (
    ADDED_RUNTIMES,
    CannotInstallError,
    CatalogError,
    Runtime,
    RuntimeStore,
    add_from,
    added,
    is_known,
    load_runtimes,
    make_runtime,
)
from outcrop.jobs.settings import JobsSettings

COLUMNS = ("NAME", "HERE", "IMAGES", "PACKAGES")


USUAL_PARENT = "scikit-learn"
"""The smallest runtime with AWS's training toolkit and the model server."""


class _HasJobs(Protocol):
    """The part of the settings that these commands need."""

    @property
    def data(self) -> Path: ...

    @property
    def jobs(self) -> JobsSettings: ...


@dataclass(frozen=True, slots=True)
class _Runtimes:
    """What the commands work on."""

    store: RuntimeStore
    file: Path
    """Of the operator's own runtimes."""


@click.group()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder of the server, where the runtimes lie that were added.",
)
@click.pass_context
def runtimes(ctx: click.Context, data: Path | None) -> None:
    """List, install, remove and add the environments that jobs run in."""
    settings: _HasJobs = ctx.obj
    file = (data or settings.data) / ADDED_RUNTIMES
    add_from(file)
    ctx.obj = _Runtimes(RuntimeStore(settings.jobs.runtimes), file)


@runtimes.command("list")
@click.pass_obj
def list_(here: _Runtimes) -> None:
    """List the runtimes and the images that they stand for."""
    print_table(
        COLUMNS,
        [
            (
                runtime.name,
                "yes" if here.store.is_installed(runtime) else "no",
                ", ".join(runtime.repositories),
                ", ".join(_content(runtime)),
            )
            for runtime in _load().values()
        ],
    )


@runtimes.command()
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def install(here: _Runtimes, names: tuple[str, ...]) -> None:
    """Make the environments of NAMES now; a job's first use makes them as well."""
    console = Console(stderr=True)
    for runtime in _chosen(names):
        with console.status(f"Installing {runtime.title}") as status:

            def say(line: str, title: str = runtime.title, status: Status = status) -> None:
                status.update(f"Installing {title}: {escape(line[:60])}")

            try:
                path = asyncio.run(here.store.install(runtime, say=say))
            except CannotInstallError as error:
                raise click.ClickException(f"{runtime.name} is not installed: {error}") from error
        click.echo(f"{runtime.name} is here: {path}")


@runtimes.command()
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def remove(here: _Runtimes, names: tuple[str, ...]) -> None:
    """Delete the environments of NAMES, and forget those that were added."""
    for runtime in _chosen(names):
        was_here = here.store.is_installed(runtime)
        here.store.remove(runtime)
        entries = {name: it for name, it in added.read(here.file).items() if name != runtime.name}
        if not is_known(runtime.name):
            added.write(here.file, entries)
        is_gone = was_here or not is_known(runtime.name)
        click.echo(f"{runtime.name} is {'removed' if is_gone else 'not here'}.")


@runtimes.command()
@click.argument("name")
@click.option(
    "--image",
    "images",
    multiple=True,
    required=True,
    metavar="REPOSITORY",
    help="The last part of an image's path, without the tag, that it stands for.",
)
@click.option(
    "--package",
    "packages",
    multiple=True,
    metavar="REQUIREMENT",
    help="What pip installs, such as polars==1.35.2.",
)
@click.option(
    "--extends", help=f"The runtime whose packages it has, too. [default: {USUAL_PARENT}]"
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, resolve_path=True, path_type=Path),
    help="A virtual environment that is there already, instead of packages.",
)
@click.option("--train", help="The command that runs a user's script. [default: train]")
@click.option("--algorithm", help="The command that trains without a script.")
@click.option("--serve", help="The command of the model server. [default: that of --extends]")
@click.option(
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="An environment variable that its programs find.",
)
@click.pass_obj
def add(here: _Runtimes, /, name: str, **given: Any) -> None:
    """Add a runtime of your own, NAME, for images that no other stands for."""
    if is_known(name):
        raise click.ClickException(f"{name} is a runtime of Outcrop's own: take another name.")
    entry = _entry(**given)
    try:
        entries = {**added.read(here.file), name: entry}
        added.check(name, entry)
        others = {known: it for known, it in load_runtimes().items() if known != name}
        make_runtime(name, entry, others)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    added.write(here.file, entries)
    click.echo(f"{name} is added; `outcrop runtimes install {name}` makes its environment now.")


def _entry(  # noqa: PLR0913 - one for each option
    *,
    images: tuple[str, ...],
    packages: tuple[str, ...],
    extends: str | None,
    folder: Path | None,
    train: str | None,
    algorithm: str | None,
    serve: str | None,
    variables: tuple[str, ...],
) -> dict[str, Any]:
    """Return a runtime as the file has it."""
    if folder is not None and (packages or extends):
        raise click.UsageError("--folder goes with neither --package nor --extends.")
    entry: dict[str, Any] = {"repositories": list(images)}
    if folder is None:
        entry |= {"extends": extends or USUAL_PARENT, "packages": list(packages)}
    else:
        entry |= {"folder": str(folder), "train": ["train"]}
    for key, command in (("train", train), ("algorithm", algorithm), ("serve", serve)):
        if command:
            entry[key] = shlex.split(command)
    pairs = [variable.partition("=") for variable in variables]
    if any(not equals for _, equals, _ in pairs):
        raise click.UsageError("--variable takes NAME=VALUE.")
    if pairs:
        entry["environment"] = {key: value for key, _, value in pairs}
    return entry


def _content(runtime: Runtime) -> list[str]:
    """Return what an environment is made of."""
    if runtime.folder is not None:
        return [str(runtime.folder)]
    below = [f"{runtime.parent.name}'s"] if runtime.parent is not None else []
    return [*below, *runtime.packages, *runtime.packages_without_dependencies]


def _load() -> Mapping[str, Runtime]:
    try:
        return load_runtimes()
    except CatalogError as error:
        raise click.ClickException(str(error)) from error


def _chosen(names: Iterable[str]) -> list[Runtime]:
    known = _load()
    for name in names:
        if name not in known:
            raise click.ClickException(f"There is no runtime {name}; there are: {', '.join(known)}")
    return [known[name] for name in names]
