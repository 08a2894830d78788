"""`outcrop models`: the weights on this machine, and how more of them come."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import click

from outcrop.cli._pull_display import PullDisplay
from outcrop.cli._tables import print_table
from outcrop.weights import Entry, WeightsError, WeightsSettings, WeightStore
from outcrop.weights.sizes import human_size

COLUMNS = ("NAME", "SIZE", "HERE", "ABILITY", "LANGUAGES", "FORMAT", "LICENCE")


class _HasWeights(Protocol):
    """The part of the settings that these commands need."""

    @property
    def weights(self) -> WeightsSettings: ...


class _ClearlyFailing(click.Group):
    """Turns what can go wrong with weights into a message and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command of the group."""
        try:
            return super().invoke(ctx)
        except (WeightsError, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_ClearlyFailing)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List, pull and look after the weights of models."""
    settings: _HasWeights = ctx.obj
    ctx.obj = WeightStore(settings.weights)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything the catalogue says, as JSON.")
@click.option("--present", is_flag=True, help="Only what is on this machine.")
@click.pass_obj
def list_(store: WeightStore, as_json: bool, present: bool) -> None:
    """List the weights that can be pulled, and those that were added."""
    entries = [each for each in store.entries() if not present or store.is_present(each.name)]
    if as_json:
        click.echo(json.dumps([_as_json(store, entry) for entry in entries], indent=2))
        return
    print_table(
        COLUMNS,
        [
            (
                entry.name,
                human_size(entry.size),
                "yes" if store.is_present(entry.name) else "no",
                entry.ability,
                _languages(entry),
                entry.format,
                entry.licence,
            )
            for entry in entries
        ],
    )
    for name, names in store.sets().items():
        size = human_size(sum(store.entry(each).size for each in names))
        click.echo(f"\nSet {name} ({size}): {', '.join(names)}", nl=False)
    click.echo(f"\n\nKept in {store.settings.directory}")


@models.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show what would be pulled, and pull nothing.")
@click.pass_obj
def pull(store: WeightStore, names: tuple[str, ...], dry_run: bool) -> None:
    """Fetch weights by NAMES of entries or sets (default, small); resumes what was broken off."""
    failed: list[str] = []
    for name in _expand(store, names):
        entry = store.entry(name)
        if store.is_present(name):
            click.echo(f"{name} is here: {store.path(name).parent}")
            continue
        _announce(entry)
        if dry_run:
            continue
        try:
            with PullDisplay(entry) as display:
                store.pull(name, display.report)
        except WeightsError as error:
            failed.append(name)
            click.echo(f"Error: {error}", err=True)
        else:
            click.echo(f"{name} is here: {store.path(name).parent}")
    if failed:
        raise click.ClickException(f"not pulled: {', '.join(failed)}")


@models.command()
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def remove(store: WeightStore, names: tuple[str, ...]) -> None:
    """Delete the weights of NAMES; a file that was added without a copy stays where it is."""
    for name in _expand(store, names):
        entry = store.entry(name)
        if not entry.location and not store.is_present(name):
            click.echo(f"{name} is not here.")
            continue
        store.remove(name)
        kept = f"; {entry.location} was left alone" if entry.location else ""
        click.echo(f"{name} is removed{kept}.")


@models.command()
@click.argument("name")
@click.option("--file", help="Another file of the entry than its first one.")
@click.pass_obj
def path(store: WeightStore, name: str, file: str | None) -> None:
    """Print where the weights of NAME lie."""
    click.echo(store.path(name, file))


@models.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it. [default: the file's name]")
@click.option("--ability", help="What it can do: chat, embeddings, ... A GGUF file tells it.")
@click.option("--licence", default="unknown", show_default=True, help="Under which terms.")
@click.option("--copy", is_flag=True, help="Copy it among the other weights.")
@click.pass_obj
def add(
    store: WeightStore,
    path: Path,
    *,
    name: str | None,
    ability: str | None,
    licence: str,
    copy: bool,
) -> None:
    """Record a file of your own, such as any GGUF; it stays at PATH unless --copy is given."""
    entry = store.add(path, name=name, ability=ability, licence=licence, copy=copy)
    click.echo(f"{entry.name} is here: {store.path(entry.name)} ({entry.ability}, {entry.format})")


@models.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def verify(store: WeightStore, names: tuple[str, ...]) -> None:
    """Compare the weights of NAMES, or all that are here, with their sha256."""
    present = [entry.name for entry in store.entries() if store.is_present(entry.name)]
    damaged: list[str] = []
    for name in _expand(store, names) if names else present:
        try:
            store.verify(name)
        except WeightsError as error:
            damaged.append(name)
            click.echo(f"Error: {error}", err=True)
        else:
            click.echo(f"{name} is whole.")
    if damaged:
        raise click.ClickException(f"not as they should be: {', '.join(damaged)}")


def _expand(store: WeightStore, names: Sequence[str]) -> list[str]:
    """Return the names of entries, each once, in the order given."""
    return list(dict.fromkeys(each for name in names for each in store.names(name)))


def _announce(entry: Entry) -> None:
    click.echo(f"{entry.name}: {human_size(entry.size)}, licence {entry.licence}")
    for line in (entry.licence_url, entry.attribution, entry.notes):
        if line:
            click.echo(f"  {line}")


def _languages(entry: Entry) -> str:
    shown = " ".join(entry.languages[:4])
    return f"{shown} +{len(entry.languages) - 4}" if len(entry.languages) > 4 else shown


def _as_json(store: WeightStore, entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "ability": entry.ability,
        "format": entry.format,
        "languages": list(entry.languages),
        "parameters": entry.parameters,
        "context_tokens": entry.context_tokens,
        "licence": entry.licence,
        "licence_url": entry.licence_url,
        "attribution": entry.attribution,
        "notes": entry.notes,
        "size": entry.size,
        "present": store.is_present(entry.name),
        "files": [
            {
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "sources": [str(source) for source in file.sources],
            }
            for file in entry.files
        ],
    }
