"""`outcrop logs`: the journal of requests."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from outcrop.gateway.journal import CURRENT, JournalEntry, journal_files, read_entries
from outcrop.settings import Settings

POLL_SECONDS = 0.3


def _look_in(ctx: click.Context, _: click.Parameter, data: Path | None) -> None:
    if data is not None:
        ctx.obj = replace(ctx.obj, data=data)


@click.command()
@click.option("-n", "--lines", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("-f", "--follow", is_flag=True, help="Go on as requests come.")
@click.option("--service", help="Only this service, by botocore's name.")
@click.option("--errors", is_flag=True, help="Only requests that failed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_look_in,
    help="Data folder of the server.",
)
@click.pass_obj
def logs(
    settings: Settings, lines: int, follow: bool, service: str | None, errors: bool, as_json: bool
) -> None:
    """Show the latest requests and what came of them."""
    console = Console(highlight=False)

    def wanted(entry: JournalEntry) -> bool:
        return (service is None or entry.service == service) and (not errors or bool(entry.error))

    def show(entry: JournalEntry) -> None:
        if as_json:
            click.echo(json.dumps(entry._asdict(), ensure_ascii=False))
        else:
            console.print(_line(entry), soft_wrap=True)

    directory = settings.data / "journal"
    if not journal_files(directory):
        raise click.ClickException(
            f"No request has been answered from the data folder {directory.parent}. "
            "`--data DIR` names another."
        )
    past, position = _past(directory)
    for entry in [entry for entry in past if wanted(entry)][-lines:]:
        show(entry)
    if follow:
        for entry in _following(directory / CURRENT, position):
            if wanted(entry):
                show(entry)


def _line(entry: JournalEntry) -> Text:
    colour = "green" if entry.status < 400 else "yellow" if entry.status < 500 else "red"
    what = f"{entry.service}:{entry.operation}" if entry.service else f"{entry.method} {entry.path}"
    line = Text.assemble(
        (entry.time[11:23], "dim"),
        (f" {entry.status} ", colour),
        f"{what}  {entry.duration_ms:.1f} ms  {entry.account}/{entry.region}",
    )
    if entry.error:
        line.append(f"  {entry.error}: {entry.message}", colour)
    return line


def _past(directory: Path) -> tuple[list[JournalEntry], int]:
    """Return the entries until now, and where in the current file the next one will stand."""
    entries: list[JournalEntry] = []
    position = 0
    for file in journal_files(directory):
        found, end = read_entries(file)
        entries += found
        position = end if file.name == CURRENT else 0
    return entries, position


def _following(file: Path, position: int) -> Iterator[JournalEntry]:
    """Give the entries from a position on; a file set aside is followed by its successor."""
    while True:
        size = file.stat().st_size if file.exists() else 0
        if size != position:
            entries, position = read_entries(file, 0 if size < position else position)
            yield from entries
        time.sleep(POLL_SECONDS)
