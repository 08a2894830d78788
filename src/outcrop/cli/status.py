"""`outcrop status`: what a running server says of itself."""

import json

import click

from outcrop.cli._server import address
from outcrop.local import health
from outcrop.settings import Settings


@click.command()
@click.option("--port", type=int, help="Port of the server. [default: 4566]")
@click.option("--json", "as_json", is_flag=True, help="The whole of it, as JSON.")
@click.pass_obj
def status(settings: Settings, port: int | None, as_json: bool) -> None:
    """Show whether the server answers, and what it serves."""
    url = address(settings, port)
    state = health(url)
    if state is None:
        raise click.ClickException(f"No server answers at {url}. `outcrop up` starts one.")
    if as_json:
        click.echo(json.dumps(state, indent=2))
        return
    click.echo(f"Outcrop {state['version']} answers at {url}, up for {state['uptime_seconds']} s.")
    click.echo(f"Services: {', '.join(state['services'])}.")
