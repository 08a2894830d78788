"""An inference component from its creation on: its copies, and what becomes of them.

What is to be done, the component's record says; where its copies are, the endpoint's. So it is
taken up where it was when the server starts anew.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from outcrop.jobs.serving import Answerer, FleetFailedError, Route, Share
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change
from outcrop.services.sagemaker.components.accounts import release, reserve, unregister
from outcrop.services.sagemaker.components.utilization import tell
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.life import DRAIN_SECONDS, LONGEST_FAILURE
from outcrop.services.sagemaker.hosting.logs import forget
from outcrop.services.sagemaker.hosting.opening import open_fleet
from outcrop.services.sagemaker.hosting.shifting import Shifting
from outcrop.services.sagemaker.resources import ENDPOINT
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError, Scope


class ComponentLife:
    """One inference component at work."""

    def __init__(self, backends: Backends, component: Record) -> None:
        self._backends = backends
        self._fleets = backends.jobs.fleets
        self._record = component

    @property
    def _component(self) -> Document:
        return self._record.document

    @property
    def _endpoints(self) -> Scope:
        place = self._record.scope
        return Scope(place.account, place.region, place.service, ENDPOINT.name)

    async def go(self) -> None:
        """Do what the record asks for."""
        try:
            self._record = await self._backends.records.get(self._record.scope, self._record.name)
            match self._component["status"]:
                case "Creating" | "Updating":
                    await self._become()
                case "InService":
                    await self._serve()
                case _:
                    pass
        except RecordNotFoundError:  # The account was emptied.
            await self._remove(fleets_of(self._component))

    async def delete(self) -> None:
        """Let those who ask have their answers, end all copies and forget the component."""
        self._fleets.withdraw(route_name(self._record))
        await self._remove(fleets_of(self._component))
        await unregister(self._backends.records, self._endpoints, self._record)

    async def _become(self) -> None:
        """Bring the copies to what is pending; if that fails, leave what there was."""
        old, new = self._component.get("current"), self._component["pending"]
        shifting = Shifting.of(new.get("deploying", {}), {"variants": [new]})
        try:
            if old is not None:
                await self._serve_again(old)
            async with asyncio.timeout(shifting.longest_seconds):
                if old is not None and old["fleet"] == new["fleet"]:
                    await self._resize(new)
                else:
                    await self._replace(old, new, shifting)
        except (DeploymentFailedError, TimeoutError) as error:
            await self._undo(old, new, str(error) or "The update took longer than it may.")
            return
        await self._end("InService", current=new)
        fleet = self._fleets.opened(new["fleet"])
        await fleet.scale(new["count"], drain_seconds=DRAIN_SECONDS)
        await self._reserve(new, new["count"])
        if old is not None and old["fleet"] != new["fleet"]:
            await self._drop(old, beside=new)

    async def _undo(self, old: Document | None, new: Document, failure: str) -> None:
        """Go on with what there was, as far as it still has its places."""
        if old is None:
            await self._drop(new)
            await self._end("Failed", failure)
            return
        if old["fleet"] != new["fleet"]:
            await self._drop(new, beside=old)
        kept = await self._serve_again(old)
        await self._end("InService", failure, current={**old, "count": kept})
        await self._fleets.opened(old["fleet"]).scale(kept, drain_seconds=DRAIN_SECONDS)

    async def _resize(self, new: Document) -> None:
        """Add copies; those that are too many go when the record says so."""
        await self._start(new, new["count"])

    async def _replace(self, old: Document | None, new: Document, shifting: Shifting) -> None:
        """Let new copies take the place of old ones, batch by batch.

        Raises:
            DeploymentFailedError: They cannot.
        """
        call = self._call(new)
        for part in shifting.parts:
            await self._start(new, math.ceil(new["count"] * part - 1e-6))
            await self._publish(new, beside=old if part < 1 else None, part=part)
            await shifting.bake(call, shifting.wait_seconds)
            if part < 1 and old is not None:
                left = math.ceil(old["count"] * (1 - part) - 1e-6)
                fleet = self._fleets.opened(old["fleet"])
                await fleet.scale(min(fleet.size, left), drain_seconds=DRAIN_SECONDS)
                await self._reserve(old, left)

    async def _start(self, step: Document, count: int) -> None:
        """Have at least so many copies, ready to be asked.

        Raises:
            DeploymentFailedError: They cannot be.
        """
        fleet = await self._open(step)
        more = max(0, count - fleet.size)
        if more:
            await self._reserve(step, count)
        if more and not self._fleets.has_room(more):
            raise DeploymentFailedError(
                f"InsufficientInstanceCapacity: all endpoints of this machine may have"
                f" {self._fleets.most} instances and copies together, and this component needs"
                f" {more} more. Delete endpoints, or allow more ([jobs] endpoint_instances)."
            )
        await fleet.scale(max(fleet.size, count), gives_up=True)
        try:
            await fleet.be_ready()
        except FleetFailedError as error:
            raise DeploymentFailedError(
                "The container for the inference component did not pass the ping health check."
                f" Please check CloudWatch logs for this inference component. {error}"
            ) from error

    async def _serve(self) -> None:
        """Serve what was served before the server started, and nothing else."""
        current: Document = self._component["current"]
        try:
            await self._serve_again(current)
            await self._release(kept=[current["fleet"]])
        except DeploymentFailedError as error:
            await self._end("Failed", str(error))

    async def _serve_again(self, step: Document) -> int:
        """Have the copies that there were, and return how many still have their places."""
        fleet = await self._open(step)
        try:
            await self._reserve(step, step["count"])
            count: int = step["count"]
        except DeploymentFailedError:  # Others have taken them meanwhile.
            count = fleet.size
        await fleet.scale(max(fleet.size, count))
        await self._publish(step)
        return count

    async def _open(self, step: Document) -> Answerer:
        return await open_fleet(
            self._call(step),
            step,
            endpoint=self._component["endpoint"],
            endpoint_url=self._component["endpoint_url"],
        )

    async def _publish(
        self, step: Document, *, beside: Document | None = None, part: float = 1.0
    ) -> None:
        """Let copies answer; beside others, they answer a part of the requests."""
        shares = [self._share(step, part)]
        if beside is not None:
            shares.append(self._share(beside, 1 - part))
        endpoint = await self._backends.records.get(self._endpoints, self._component["endpoint"])
        details: dict[str, Any] = {
            "asynchronous": None,
            "component": self._record.name,
            "hosts_components": False,
            "log_group": step["log_group"],
            "capture": endpoint.document["deployment"]["capture"],
            "shadow": None,
            "models": {step["name"]: {}},
            "direct": set[str](),
            "roles": {step["name"]: step["model"]["ExecutionRoleArn"]},
        }
        name = route_name(self._record)
        await self._fleets.publish(name, Route(shares=shares, details=details))
        self._backends.background.start(
            f"sagemaker/inference-component-usage/{name}",
            partial(tell, self._backends, self._record),
        )

    def _share(self, step: Document, weight: float) -> Share:
        fleets = {step["host"]: self._fleets.opened(step["fleet"])}
        return Share(name=step["name"], fleets=fleets, weight=weight)

    async def _reserve(self, step: Document, count: int) -> None:
        """Take the places of so many copies, and give back those of others."""
        await reserve(
            self._backends.records, self._endpoints, self._component["endpoint"], step, count
        )

    async def _release(self, *, kept: Sequence[str]) -> None:
        """Give back the places of all copies but those of some fleets."""
        await release(self._backends.records, self._endpoints, self._record, kept=kept)

    async def _drop(self, step: Document, *, beside: Document | None = None) -> None:
        """End a fleet's copies and give back their places; those of another one stay."""
        await self._remove({step["fleet"]})
        await self._release(kept=[beside["fleet"]] if beside else [])

    async def _remove(self, fleets: set[str]) -> None:
        for fleet in fleets:
            await self._fleets.remove(fleet, drain_seconds=DRAIN_SECONDS)
            await forget(self._backends, self._record.scope, fleet)

    async def _end(
        self, status: str, failure: str = "", *, current: Document | None = None
    ) -> None:
        """Note how the work ended, unless somebody wants something else by now."""
        asked = self._component["status"]
        now = self._backends.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)

        def ended(document: Document) -> Document:
            if document["status"] != asked:
                return document
            changed: Document = {**document, "status": status, "modified": now}
            pending = changed.pop("pending", None)
            changed.pop("failure", None)
            if failure:
                changed["failure"] = failure[:LONGEST_FAILURE]
                if current is None:
                    changed["failed"] = pending or document.get("current")
            if current is not None:
                changed["current"] = current
                if current.get("deploying"):
                    changed["deployment_config"] = current["deploying"]
            return changed

        await self._change(ended)

    async def _change(self, changed: Callable[[Document], Document]) -> None:
        self._record = await change(
            self._backends.records, self._record.scope, self._record.name, changed
        )

    def _call(self, step: Document) -> Call:
        return call_without_request(
            self._backends,
            service="sagemaker",
            operation="CreateInferenceComponent",
            account=self._record.scope.account,
            region=self._record.scope.region,
            role=step["model"]["ExecutionRoleArn"],
        )


def fleets_of(component: Document) -> set[str]:
    """Return the ids of a component's fleets."""
    return {component[name]["fleet"] for name in ("current", "pending") if component.get(name)}


def route_name(component: Record) -> str:
    """Return the name under which a component answers."""
    place = component.scope
    return f"{place.account}/{place.region}/{component.document['endpoint']}/{component.name}"
