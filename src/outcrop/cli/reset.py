"""`outcrop reset`: empty an account of a running server."""

import json
import urllib.error
import urllib.request

import click

from outcrop.cli._server import address
from outcrop.settings import Settings


@click.command()
@click.option("--port", type=int, help="Port of the server. [default: 4566]")
@click.option("--account", help="Twelve digits. [default: the default account]")
@click.pass_obj
def reset(settings: Settings, port: int | None, account: str | None) -> None:
    """Delete all that an account holds; in open mode only."""
    account = account or settings.authentication.default_account
    url = f"{address(settings, port)}/_outcrop/reset?account={account}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="POST")) as answer:  # noqa: S310 - http, by `address`
            emptied = json.load(answer)["account"]
    except urllib.error.HTTPError as error:
        raise click.ClickException(json.load(error)["message"]) from error
    except OSError as error:
        raise click.ClickException(
            f"No server answers at {address(settings, port)}. `outcrop up` starts one."
        ) from error
    click.echo(f"Account {emptied} is empty.")
