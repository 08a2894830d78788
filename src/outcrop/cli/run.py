"""`outcrop run -- CMD…`: a program with the environment that points it at Outcrop."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from outcrop.cli._server import address, server
from outcrop.settings import Settings


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--port", type=int, help="Port of the server. [default: 4566]")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def run(settings: Settings, port: int | None, data: Path | None, command: tuple[str, ...]) -> None:
    """Run an unmodified program against the server, or against one started for the duration."""
    from outcrop.server.clients import ClientSetup

    url = address(settings, port)
    arguments = ["up", "--port", str(port or settings.server.port)]
    if data is not None:
        arguments += ["--data", str(data)]
    with server(url, arguments, quiet=True) as state, tempfile.TemporaryDirectory() as folder:
        setup = ClientSetup(
            endpoint_url=url,
            region=settings.authentication.default_region,
            account=settings.authentication.default_account,
            ca_bundle=Path(state["ca_bundle"]) if state.get("ca_bundle") else None,
        )
        sagemaker = Path(folder) / "sagemaker.yaml"
        sagemaker.write_text(setup.sagemaker_config(), encoding="utf-8")
        environment = os.environ | setup.environment()
        environment["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(sagemaker)
        try:
            status = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the user's own program
        except OSError as error:
            raise click.ClickException(f"{command[0]}: {error.strerror}") from error
    sys.exit(status if status >= 0 else 128 - status)
