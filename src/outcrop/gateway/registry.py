"""The services that Outcrop answers, found by folder and imported when first asked for."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

import outcrop.services
from outcrop.operations import HttpRoute, Service

ENTRY_POINT_GROUP = "outcrop.services"
"""Packages outside name their services here: `name = "module:SERVICE"`, by botocore's name."""


class ServiceRegistry:
    """Knows the name of every service at once, and loads one when it is used."""

    def __init__(self, added: Iterable[Service] = ()) -> None:
        """Know the services of the folder, those of entry points, and those that are `added`."""
        self._loaded = {service.name: service for service in added}
        self._added = frozenset(self._loaded)

    @cached_property
    def _outside(self) -> Mapping[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}

    @cached_property
    def names(self) -> frozenset[str]:
        """Botocore's names of all services here."""
        folders = pkgutil.iter_modules(outcrop.services.__path__)
        inside = (folder.name.replace("_", "-") for folder in folders if folder.ispkg)
        return frozenset((*inside, *self._outside, *self._added))

    @cached_property
    def routes(self) -> Mapping[tuple[str, str], tuple[str, HttpRoute]]:
        """Paths that services answer beside their operations: (method, path) → (service, route)."""
        return {
            (route.method, path): (name, route)
            for name in sorted(self.names)
            for route in self.get(name).routes
            for path in route.paths
        }

    def get(self, name: str) -> Service:
        """Return a service.

        Raises:
            KeyError: There is none of this name.
        """
        service = self._loaded.get(name)
        if service is None:
            service = self._loaded[name] = self._load(name)
        return service

    def _load(self, name: str) -> Service:
        if name not in self.names:
            raise KeyError(name)
        if name in self._outside:
            service = self._outside[name].load()
        else:
            folder = name.replace("-", "_")
            service = importlib.import_module(f"outcrop.services.{folder}").SERVICE
        if not isinstance(service, Service) or service.name != name:
            raise TypeError(f"{name}: SERVICE is not the Service of this name")
        return service
