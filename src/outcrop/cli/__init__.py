"""The `outcrop` command, one file per subcommand."""

import importlib
import io
import pkgutil
import sys
from pathlib import Path
from typing import Any

import click

import outcrop


class _LazyGroup(click.Group):
    """Finds subcommands by file: `outcrop up` is `up` of `cli/up.py`, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        del ctx
        return sorted(
            module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_"
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand, or `None`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(importlib.import_module(f"outcrop.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; tell of files and sockets that fail in one line."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # A mark that a terminal lacks ends nothing.
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # Click ends quietly: whoever read has seen enough.
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror or error}") from error


@click.command(cls=_LazyGroup)
@click.version_option(outcrop.__version__, prog_name="outcrop")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file. [default: $OUTCROP_CONFIG, ./outcrop.toml or the user's own]",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Run the AI half of AWS on this machine."""
    from outcrop.settings import SettingsError, load

    try:
        ctx.obj = load(config)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
