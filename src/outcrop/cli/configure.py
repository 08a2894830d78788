"""`outcrop configure`: the files that AWS clients and the SageMaker SDK read."""

from pathlib import Path

import click

from outcrop.cli._server import address
from outcrop.local import health
from outcrop.settings import Settings


@click.command()
@click.option("--port", type=int, help="Port of the server. [default: 4566]")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write `config`, `credentials` and `sagemaker.yaml` there, instead of printing them.",
)
@click.pass_obj
def configure(settings: Settings, port: int | None, directory: Path | None) -> None:
    """Print or write what AWS clients need."""
    from outcrop.server.clients import (
        aws_config,
        aws_credentials,
        client_environment,
        sagemaker_config,
    )

    url = address(settings, port)
    region = settings.authentication.default_region
    running = health(url)
    is_open = settings.authentication.mode == "open"
    variables = (
        running["client_environment"]
        if running
        else client_environment(url, region=region, is_open=is_open)
    )
    files = {
        "config": aws_config(variables),
        "credentials": aws_credentials(variables),
        "sagemaker.yaml": sagemaker_config(
            region=region, account=settings.authentication.default_account
        ),
    }
    if directory is None:
        for name, value in variables.items():
            click.echo(f"export {name}={value}")
        for name, text in files.items():
            click.echo(f"\n# {name}\n{text}", nl=False)
        return
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    for variable, name in (
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        ("SAGEMAKER_USER_CONFIG_OVERRIDE", "sagemaker.yaml"),
    ):
        click.echo(f"export {variable}={(directory / name).absolute()}")
    click.echo("export AWS_PROFILE=outcrop")
