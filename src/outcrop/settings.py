"""Settings: one TOML file, `OUTCROP_…` variables over it, flags over both; read once.

A table of the file is a field of `Settings`, and a variable names table and field:
`OUTCROP_SERVER_PORT=8080` is `[server] port = 8080`. A name that nobody knows is an error.
"""

import os
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, cast, get_type_hints

import cattrs
from cattrs.errors import BaseValidationError
from cattrs.v import format_exception

from outcrop.engines.chat.settings import ChatSettings
from outcrop.engines.documents.settings import DocumentsSettings
from outcrop.engines.embeddings.settings import EmbeddingsSettings
from outcrop.engines.translation.settings import TranslationSettings
from outcrop.gateway.authentication import AuthenticationSettings
from outcrop.gateway.settings import (
    FaultSettings,
    GatewaySettings,
    JournalSettings,
    UpstreamSettings,
)
from outcrop.jobs.settings import JobsSettings
from outcrop.operations.backends import BedrockRequestSettings
from outcrop.server.settings import ServerSettings
from outcrop.storage.durability import Durability
from outcrop.weights.settings import WeightsSettings

PREFIX = "OUTCROP_"
FILE_VARIABLE = "OUTCROP_CONFIG"
FILE_NAME = "outcrop.toml"
HUB_VARIABLES = {"hub_endpoint": "HF_ENDPOINT", "hub_token": "HF_TOKEN"}
"""Settings of the weights, and the variables that all clients of the hub read for them."""


class SettingsError(Exception):
    """A setting has an unknown name or an impossible value."""


def data_home() -> Path:
    """Return the folder for data of this user's programs, as the XDG specification names it."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def cache_home() -> Path:
    """Return the folder for what can be fetched again, as the XDG specification names it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _weights_directory() -> Path:
    return cache_home() / "outcrop" / "weights"


def _runtimes_directory() -> Path:
    return cache_home() / "outcrop" / "runtimes"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """Where what must last is kept."""

    records_url: str = ""
    """Empty: SQLite in the data folder; else `postgresql://user@host/database`."""
    blobs_url: str = ""
    """Empty: files in the data folder; else `s3://bucket/prefix?endpoint_url=…`."""
    durability: Durability | None = None
    """What SQLite and files in the data folder survive: `process` or `full`, a loss of power.
    Without it, `process` in open mode and `full` where keys are required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """Where the events go that AWS would send to queues, topics and functions."""

    webhook_url: str = ""
    """Each is posted there as JSON, again and again until it is taken; empty: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set, one field per room."""

    data: Path = field(default_factory=lambda: data_home() / "outcrop")
    """The folder of records, blobs, the journal and the certificates."""
    server: ServerSettings = field(default_factory=ServerSettings)
    authentication: AuthenticationSettings = field(default_factory=AuthenticationSettings)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    faults: FaultSettings = field(default_factory=FaultSettings)
    upstream: UpstreamSettings = field(default_factory=UpstreamSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    events: EventSettings = field(default_factory=EventSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    embeddings: EmbeddingsSettings = field(default_factory=EmbeddingsSettings)
    documents: DocumentsSettings = field(default_factory=DocumentsSettings)
    translation: TranslationSettings = field(default_factory=TranslationSettings)
    bedrock: BedrockRequestSettings = field(default_factory=BedrockRequestSettings)
    jobs: JobsSettings = field(default_factory=lambda: JobsSettings(runtimes=_runtimes_directory()))
    weights: WeightsSettings = field(
        default_factory=lambda: WeightsSettings(directory=_weights_directory())
    )


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings.

    Args:
        file: The TOML file; without it the one that `OUTCROP_CONFIG` names, else `outcrop.toml`
            here or in the user's configuration folder, if there is one.
        environment: Where variables are looked up.
        overrides: Flags of the command line, in the form of the file: `{"server": {"port": 80}}`.

    Raises:
        SettingsError: The message names the setting.
    """
    file = file or _default_file(environment)
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{file}: {error}") from error
    _merge(values, _from_environment(environment))
    _merge(values, overrides or {})
    _give_defaults(values, environment)
    try:
        return _converter.structure(values, Settings)
    except BaseValidationError as error:
        told = cattrs.transform_error(error, path="settings", format_exception=_format)
        raise SettingsError("\n".join(told)) from error


def _format(error: BaseException, kind: type[Any] | None) -> str:
    """Keep the words of a setting that checks itself."""
    if isinstance(error, ValueError) and kind is None:
        return str(error)
    return format_exception(error, kind)


def _default_file(environment: Mapping[str, str]) -> Path | None:
    if FILE_VARIABLE in environment:
        return Path(environment[FILE_VARIABLE])
    configuration = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for file in (Path(FILE_NAME), configuration / "outcrop" / FILE_NAME):
        if file.is_file():
            return file
    return None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE:
            table, name = _place(variable)
            within = values.setdefault(table, {}) if table else values
            within[name] = _value(text)
    return values


def _place(variable: str) -> tuple[str, str]:
    """Return the table and the name that a variable means; no table for `OUTCROP_DATA`."""
    name = variable.removeprefix(PREFIX).lower()
    hints = get_type_hints(Settings)
    for table, hint in hints.items():
        if name == table:
            return "", name
        if name.startswith(f"{table}_") and is_dataclass(hint):
            inner = name.removeprefix(f"{table}_")
            if inner in {f.name for f in fields(hint)}:
                return table, inner
    raise SettingsError(f"{variable}: there is no such setting")


def _value(text: str) -> Any:
    """Read a variable as TOML would, and as plain text where that fails."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _merge(values: MutableMapping[str, Any], over: Mapping[str, Any]) -> None:
    for name, value in over.items():
        if isinstance(value, Mapping) and isinstance(values.get(name), MutableMapping):
            _merge(values[name], cast("Mapping[str, Any]", value))
        else:
            values[name] = value


def _give_defaults(values: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Fill in what the settings do not say of the weights and the jobs."""
    weights = {"directory": str(_weights_directory())}
    for name, variable in HUB_VARIABLES.items():
        if environment.get(variable):
            weights[name] = environment[variable]
    for room, defaults in (
        ("weights", weights),
        ("jobs", {"runtimes": str(_runtimes_directory())}),
    ):
        section: Any = values.setdefault(room, {})
        if isinstance(section, dict):
            values[room] = defaults | cast("dict[str, Any]", section)


def _strict_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def path(value: Any, _: Any) -> Path:
        if not isinstance(value, str | Path):
            raise TypeError(f"{value!r} is not a path")
        return Path(value).expanduser()

    def number(value: Any, kind: type[int] | type[float]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{value!r} is not a number")
        return kind(value)

    def text(value: Any, _: Any) -> str:
        # A variable's digits were read as a number; an account's id is text all the same.
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(f"{value!r} is not text")
        return str(value)

    def truth(value: Any, _: Any) -> bool:
        if not isinstance(value, bool):
            raise TypeError(f"{value!r} is neither true nor false")
        return value

    converter.register_structure_hook(Path, path)
    converter.register_structure_hook(int, number)
    converter.register_structure_hook(float, number)
    converter.register_structure_hook(str, text)
    converter.register_structure_hook(bool, truth)
    return converter


_converter = _strict_converter()
