"""The `outcrop` command, one file per subcommand."""

import importlib
import pkgutil
from pathlib import Path

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
