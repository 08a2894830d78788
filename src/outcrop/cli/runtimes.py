"""`outcrop runtimes`: the environments that jobs run in, made before a job asks for them."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import click
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from outcrop.cli._tables import print_table
from outcrop.jobs.runtimes import CannotInstallError, Runtime, RuntimeStore, load_runtimes
from outcrop.jobs.settings import JobsSettings

COLUMNS = ("NAME", "HERE", "IMAGES", "PACKAGES")


class _HasJobs(Protocol):
    """The part of the settings that these commands need."""

    @property
    def jobs(self) -> JobsSettings: ...


@click.group()
@click.pass_context
def runtimes(ctx: click.Context) -> None:
    """List, install and remove the environments that jobs run in."""
    settings: _HasJobs = ctx.obj
    ctx.obj = RuntimeStore(settings.jobs.runtimes)


@runtimes.command("list")
@click.pass_obj
def list_(store: RuntimeStore) -> None:
    """List the runtimes and the images that they stand for."""
    print_table(
        COLUMNS,
        [
            (
                runtime.name,
                "yes" if store.is_installed(runtime) else "no",
                ", ".join(runtime.repositories),
                ", ".join(runtime.packages),
            )
            for runtime in load_runtimes().values()
        ],
    )


@runtimes.command()
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def install(store: RuntimeStore, names: tuple[str, ...]) -> None:
    """Make the environments of NAMES now; a job's first use makes them as well."""
    console = Console(stderr=True)
    for runtime in _chosen(names):
        with console.status(f"Installing {runtime.title}") as status:

            def say(line: str, title: str = runtime.title, status: Status = status) -> None:
                status.update(f"Installing {title}: {escape(line[:60])}")

            try:
                path = asyncio.run(store.install(runtime, say=say))
            except CannotInstallError as error:
                raise click.ClickException(f"{runtime.name} is not installed: {error}") from error
        click.echo(f"{runtime.name} is here: {path}")


@runtimes.command()
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def remove(store: RuntimeStore, names: tuple[str, ...]) -> None:
    """Delete the environments of NAMES."""
    for runtime in _chosen(names):
        if store.is_installed(runtime):
            store.remove(runtime)
            click.echo(f"{runtime.name} is removed.")
        else:
            click.echo(f"{runtime.name} is not here.")


def _chosen(names: Iterable[str]) -> list[Runtime]:
    known = load_runtimes()
    for name in names:
        if name not in known:
            raise click.ClickException(f"There is no runtime {name}; there are: {', '.join(known)}")
    return [known[name] for name in names]
