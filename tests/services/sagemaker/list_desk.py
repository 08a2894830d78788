"""Records to be listed: made by SageMaker's own operations, on a server whose jobs stand still."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import botocore.session
from botocore.model import StructureShape

from conformance.recipes import sagemaker as recipe
from conformance.values import value
from outcrop.jobs.serving import Fleets
from outcrop.operations.background import Background, Work
from outcrop.storage.records.interface import Document, Record, Replace, Scope
from tests.services.direct import ACCOUNT, Direct

MODEL = botocore.session.get_session().get_service_model("sagemaker")
VALUES = recipe.values(ACCOUNT)
NAMES = ("beta", "gamma", "alpha")
"""In the order in which they are made, which is not that of the names."""
LEFT = ("gamma", "alpha", "beta")
"""In the order of their states, which is a third one."""


class Halted(Background):
    """Begins nothing: what is recorded stays as it is."""

    def start(self, name: str, work: Work) -> None:
        """See `Background.start`."""

    def wake(self, name: str, work: Work) -> None:
        """See `Background.wake`."""

    def start_instead(self, name: str, work: Work, *, of: str) -> None:
        """See `Background.start_instead`."""


class Desk:
    """Makes records and asks for lists of them."""

    def __init__(self, direct: Direct, folder: Path) -> None:
        trackers = Fleets(cast("Any", None), folder)
        jobs = cast("Any", SimpleNamespace(trackers=trackers, fleets=trackers, directory=folder))
        direct.backends = replace(direct.backends, background=Halted(), jobs=jobs)
        self._direct = direct

    @classmethod
    @asynccontextmanager
    async def on(cls, folder: Path) -> AsyncIterator["Desk"]:
        """Open one in a folder for as long as the context lasts."""
        async with Direct.on(folder) as direct:
            yield cls(direct, folder)

    async def make(self, operation: str, **given: Any) -> dict[str, Any]:
        """Run an operation an hour later; the members that it must have, and are not given, are
        those of the conformance tests.
        """
        self._direct.later(hours=1)
        shape = cast("StructureShape", MODEL.operation_model(operation).input_shape)
        needed = {*shape.required_members, *recipe.NEEDED.get(operation, ())} - set(given)
        values = {name: _value(operation, name, shape) for name in needed}
        return await self.ask(operation, **values, **given)

    async def make_three(self, operation: str, member: str, **given: Any) -> None:
        """Make one of each name."""
        for name in NAMES:
            await self.make(operation, **{member: name}, **given)

    async def tell(self, operation: str, **given: Any) -> dict[str, Any]:
        """Run an operation an hour later, with no more than it is given."""
        self._direct.later(hours=1)
        return await self.ask(operation, **given)

    async def ask(self, operation: str, **given: Any) -> dict[str, Any]:
        """Run an operation."""
        return await self._direct.ask("sagemaker", operation, **given)

    async def change(
        self,
        kind: str,
        changed: Callable[[Document], Mapping[str, Any]],
        *,
        name: str,
        indexes: Mapping[str, str] | None = None,
    ) -> None:
        """Change what is recorded of the resource that is called so, an hour later."""
        self._direct.later(hours=1)
        records = self._direct.backends.records
        found = await self.find(kind, name)
        document = {**found.document, "modified": self._direct.now, **changed(found.document)}
        await records.write(Replace(record=found, document=document, indexes=indexes))

    async def find(self, kind: str, name: str) -> Record:
        """Return what is recorded of the resource that is called so."""
        place = Scope(ACCOUNT, "us-east-1", "sagemaker", kind)
        listed = await self._direct.backends.records.list(place)
        (found,) = [
            one
            for one in listed
            if name in (one.document.get("title"), one.document.get("job"), one.document["name"])
        ]
        return found

    async def leave(self, kind: str, *statuses: str) -> None:
        """Give the three a status each, so that their order by status is that of `LEFT`."""
        for name, status in zip(LEFT, sorted(statuses), strict=True):
            await self.change(kind, partial(_with_status, status), name=name)


def _with_status(status: str, document: Document) -> Mapping[str, Any]:
    del document
    return {"status": status, **({"failure": "ClientError: no"} if status == "Failed" else {})}


def _value(operation: str, name: str, shape: StructureShape) -> Any:
    for known in (f"{operation}.{name}", name):
        if known in VALUES:
            return VALUES[known]
    return value(shape.members[name], name=name)
