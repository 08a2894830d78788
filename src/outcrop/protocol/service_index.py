"""What every service calls itself on the wire, without loading the whole of any service model.

A service model's metadata stands at the beginning of its file, so the first two kilobytes are
enough: all of botocore's services are indexed in a tenth of a second.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import botocore

from outcrop.protocol.service_models import ADDED

HEAD_BYTES = 4096
"""Compressed; the longest metadata of botocore 1.44 ends within the first 1,000."""


@dataclass(frozen=True, kw_only=True)
class ServiceNames:
    """How one service is recognised."""

    name: str
    """botocore's: `bedrock-runtime`."""
    signing_name: str
    endpoint_prefix: str
    target_prefix: str
    """Before the dot in `X-Amz-Target`; empty for services that use none."""
    api_version: str
    protocols: tuple[str, ...]

    @cached_property
    def is_rest(self) -> bool:
        """Whether method and path name the operation."""
        return any(protocol.startswith("rest-") for protocol in self.protocols)

    @cached_property
    def is_query(self) -> bool:
        """Whether the form parameter `Action` may name the operation."""
        return any(protocol in ("query", "ec2") for protocol in self.protocols)


@dataclass(frozen=True, slots=True)
class SigningGroup:
    """The services that share a signing name."""

    queried: tuple[ServiceNames, ...] = ()
    """Those whose operation the form parameter `Action` may name."""
    rest: tuple[str, ...] = ()
    """The names of those whose operation method and path name."""


class ServiceIndex:
    """Finds services by what requests carry."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)

    @cached_property
    def services(self) -> Mapping[str, ServiceNames]:
        """Every service of this index by its name."""
        found = (_read(name) for name in self._names)
        return {names.name: names for names in found if names is not None}

    @cached_property
    def by_target(self) -> Mapping[str, ServiceNames]:
        """Services by target prefix, which no two share."""
        return {
            names.target_prefix: names for names in self.services.values() if names.target_prefix
        }

    @cached_property
    def by_signing_name(self) -> Mapping[str, SigningGroup]:
        """Services by signing name; several may share one."""
        groups: defaultdict[str, list[ServiceNames]] = defaultdict(list)
        for names in self.services.values():
            groups[names.signing_name].append(names)
        return {
            signing_name: SigningGroup(
                queried=tuple(names for names in group if names.is_query),
                rest=tuple(names.name for names in group if names.is_rest),
            )
            for signing_name, group in groups.items()
        }

    @cached_property
    def by_api_version(self) -> Mapping[str, tuple[ServiceNames, ...]]:
        """Services that take form parameters, by the `Version` they go with."""
        groups: defaultdict[str, list[ServiceNames]] = defaultdict(list)
        for names in self.services.values():
            if names.is_query:
                groups[names.api_version].append(names)
        return {version: tuple(group) for version, group in groups.items()}


def all_service_names() -> list[str]:
    """Return the name of every service that there is a model of."""
    return sorted(entry.name for folder in _data() for entry in folder.iterdir() if entry.is_dir())


def _data() -> tuple[Path, Path]:
    return Path(botocore.__file__).parent / "data", ADDED


def _read(name: str) -> ServiceNames | None:
    metadata = _metadata(name)
    if metadata is None:
        return None
    endpoint_prefix = str(metadata["endpointPrefix"])
    protocols = metadata.get("protocols") or [metadata["protocol"]]
    return ServiceNames(
        name=name,
        signing_name=str(metadata.get("signingName", endpoint_prefix)),
        endpoint_prefix=endpoint_prefix,
        target_prefix=str(metadata.get("targetPrefix", "")),
        api_version=str(metadata["apiVersion"]),
        protocols=tuple(str(protocol) for protocol in protocols),
    )


def _metadata(name: str) -> dict[str, Any] | None:
    head = next(filter(None, (_head(data / name) for data in _data())), None)
    if head is None:
        return None
    text = head.decode("utf-8", "ignore")
    start = text.index("{", text.index('"metadata"'))
    metadata: dict[str, Any] = json.JSONDecoder().raw_decode(text[start:])[0]
    return metadata


def _head(folder: Path) -> bytes | None:
    """Return the beginning of a service model, if there is one in the folder."""
    if not folder.is_dir():
        return None
    newest = max(folder.iterdir())
    if (plain := newest / "service-2.json").is_file():
        with plain.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    if not (file := newest / "service-2.json.gz").is_file():
        return None
    with file.open("rb") as stream:
        gzip_window = 31
        return zlib.decompressobj(gzip_window).decompress(stream.read(HEAD_BYTES))
