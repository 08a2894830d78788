"""`outcrop run -- CMD…`: a program with the environment that points it at Outcrop."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from outcrop.aws.access_key_ids import is_account
from outcrop.cli._server import address
from outcrop.local import LocalServer, ServerDidNotStartError, health, misleading
from outcrop.settings import Settings

ONE_INSTANCE = Path(__file__).parent / "shims" / "one_instance"
"""Its `sitecustomize` runs when a Python program starts."""


def _account(_: click.Context, option: click.Parameter, account: str | None) -> str | None:
    if account is not None and not is_account(account):
        raise click.BadParameter(f"{account!r} is not 12 digits.", param=option)
    return account


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--port", type=int, help="Port of the server. [default: 4566]")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder.")
@click.option(
    "--account",
    metavar="ID",
    callback=_account,
    help="Run as this account, 12 digits, where the server takes any. [default: the server's]",
)
@click.option(
    "--assume-one-instance",
    is_flag=True,
    help="Let deploy() of SageMaker's SDK v2 take one instance where the program names no count; "
    "AWS's own SDK refuses that.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def run(
    settings: Settings,
    *,
    port: int | None,
    data: Path | None,
    account: str | None,
    assume_one_instance: bool,
    command: tuple[str, ...],
) -> None:
    """Run an unmodified program against the server.

    If none answers, one is started for the duration.
    """
    from outcrop.server.clients import sagemaker_config

    port = port or settings.server.port
    with (
        _server(address(settings, port), port, data or settings.data) as state,
        tempfile.TemporaryDirectory() as folder,
    ):
        sagemaker = Path(folder) / "sagemaker.yaml"
        sagemaker.write_text(
            sagemaker_config(
                region=settings.authentication.default_region,
                account=account or settings.authentication.default_account,
            ),
            encoding="utf-8",
        )
        variables = _variables(state, account)
        environment = {**os.environ, **variables}
        for name in misleading(variables):
            del environment[name]
        environment["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(sagemaker)
        if assume_one_instance:
            rest = environment.get("PYTHONPATH", "")
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ONE_INSTANCE), rest)))
        try:
            status = subprocess.run(command, env=environment, check=False).returncode
        except OSError as error:
            raise click.ClickException(f"{command[0]}: {error.strerror}") from error
    sys.exit(status if status >= 0 else 128 - status)


def _variables(state: Mapping[str, Any], account: str | None) -> dict[str, str]:
    variables = dict(state["client_environment"])
    if account is not None:
        if "AWS_ACCESS_KEY_ID" not in variables:
            raise click.UsageError("--account: this server requires keys, which name the account.")
        variables["AWS_ACCESS_KEY_ID"] = account
    return variables


@contextmanager
def _server(url: str, port: int, data: Path) -> Generator[Mapping[str, Any], None, None]:
    """Give the health of the server at `url`, started for the duration if none answers."""
    if (state := health(url)) is not None:
        yield state
        return
    try:
        with LocalServer(data, port=port).running() as server:
            yield server.state
    except ServerDidNotStartError as error:
        raise click.ClickException(f"The server did not start:\n{error}") from error
