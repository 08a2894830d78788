"""An endpoint from its creation on: its deployments, and what becomes of them.

What is to be done, the endpoint's record says: its status, the deployment that is served, and the
one that is to be served next. So it is taken up where it was when the server starts anew.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence

from outcrop.jobs.serving import Answerer, FleetFailedError, Route, Share
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change
from outcrop.services.sagemaker.hosting.checks import data_of, has_many_models, is_direct
from outcrop.services.sagemaker.hosting.deployments import (
    ANSWER_SECONDS,
    fleets_of,
    in_production,
    shadow_of,
    steps_of,
)
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.logs import forget
from outcrop.services.sagemaker.hosting.model_store import (
    MODELS,
    ModelStore,
    room_for_models,
)
from outcrop.services.sagemaker.hosting.opening import open_fleet
from outcrop.services.sagemaker.hosting.placing import NoRoomError, fitted
from outcrop.services.sagemaker.hosting.shifting import Shifting
from outcrop.services.sagemaker.lineage.deployment_traces import trace_deployment
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.storage.records.interface import Delete, Document, Record, RecordNotFoundError

LONGEST_FAILURE = 1024
DRAIN_SECONDS = ANSWER_SECONDS + 5


class EndpointLife:
    """One endpoint at work."""

    def __init__(self, backends: Backends, endpoint: Record) -> None:
        self._backends = backends
        self._fleets = backends.jobs.fleets
        self._record = endpoint

    @property
    def _endpoint(self) -> Document:
        return self._record.document

    async def go(self) -> None:
        """Do what the record asks for."""
        try:
            self._record = await self._backends.records.get(self._record.scope, self._record.name)
            match self._endpoint["status"]:
                case "Creating":
                    await self._create()
                case "Updating":
                    await self._update()
                case "InService":
                    await self._serve()
                case _:
                    pass
        except RecordNotFoundError:  # The account was emptied.
            await self._remove(fleets_of(*self._deployments()))

    async def delete(self) -> None:
        """End what is served and forget the endpoint."""
        self._fleets.withdraw(route_name(self._record))
        await self._remove(fleets_of(*self._deployments()))
        delete = Delete(scope=self._record.scope, name=self._record.name, must_exist=False)
        await self._backends.records.write(delete)

    def _deployments(self) -> tuple[Document | None, Document | None]:
        return self._endpoint.get("deployment"), self._endpoint.get("pending")

    async def _create(self) -> None:
        deployment: Document = self._endpoint["pending"]
        try:
            await self._deploy(deployment)
        except DeploymentFailedError as error:
            await self._end("Failed", str(error))
            await self._remove(fleets_of(deployment))
            return
        await self._publish(deployment)
        await self._trace(deployment)
        await self._end("InService", deployment=deployment)

    async def _update(self) -> None:
        old, new = self._endpoint["deployment"], self._endpoint["pending"]
        if new.get("hosts_components"):
            await self._update_hosts(old, new)
            return
        await self._attach(old)
        added = fleets_of(new) - fleets_of(old)
        shifting = Shifting.of(new.get("deploying", {}), new)
        try:
            async with asyncio.timeout(shifting.longest_seconds):
                await self._deploy(new, part=shifting.parts[0] if shifting.is_rolling else 1.0)
                await self._shift(old, new, shifting)
        except (DeploymentFailedError, TimeoutError) as error:
            await self._attach(old)  # Those that were to grow, at their former size.
            await self._end("InService", str(error) or "The update took longer than it may.")
            await self._remove(added)
            return
        await self._trace(new)
        await self._end("InService", deployment=new)
        await self._shrink(new)
        await self._remove(fleets_of(old) - fleets_of(new))

    async def _update_hosts(self, old: Document, new: Document) -> None:
        """Give inference components other instances, if they have places on them."""
        try:
            await self._end("InService", deployment=new)
            await self._publish(new)
        except NoRoomError as error:
            await self._end("InService", str(error))
            await self._publish(old)

    async def _shift(self, old: Document, new: Document, shifting: Shifting) -> None:
        """Let the requests move to a new deployment, in the way that was asked for."""
        call = self._call(new["variants"][0])
        for part in shifting.parts:
            if shifting.is_rolling:
                await self._deploy(new, part=part)
            if part < 1 and fleets_of(old) != fleets_of(new):
                await self._publish(new, beside=old, part=part)
            else:
                await self._publish(new)
            await shifting.bake(call, shifting.wait_seconds)
            if part < 1 and shifting.is_rolling:
                await self._thin(old, new, 1 - part)
        await shifting.bake(call, shifting.end_seconds)

    async def _thin(self, old: Document, new: Document, part: float) -> None:
        """End what a part of the requests needs no more of the old deployment."""
        for step in _steps(old):
            if step["fleet"] not in fleets_of(new):
                fleet = await self._open(step)
                count = _part_of(step["count"], part)
                await fleet.scale(min(fleet.size, count), drain_seconds=DRAIN_SECONDS)

    async def _serve(self) -> None:
        """Serve what was served before the server started; who asks waits until it is ready."""
        try:
            await self._attach(self._endpoint["deployment"])
        except DeploymentFailedError as error:
            await self._end("Failed", str(error))

    async def _attach(self, deployment: Document) -> None:
        for step in _steps(deployment):
            fleet = await self._open(step)
            await fleet.scale(step["count"])
        await self._publish(deployment)

    async def _deploy(self, deployment: Document, *, part: float = 1.0) -> None:
        """Start what a part of a deployment lacks, and wait until it is ready; nothing is stopped.

        Raises:
            DeploymentFailedError: It cannot be.
        """
        fleets = [(step, await self._open(step)) for step in _steps(deployment)]
        counts = [_part_of(step["count"], part) for step, _ in fleets]
        more = sum(
            max(0, count - fleet.size) for count, (_, fleet) in zip(counts, fleets, strict=True)
        )
        if not self._fleets.has_room(more):
            raise DeploymentFailedError(
                f"InsufficientInstanceCapacity: all endpoints of this machine may have"
                f" {self._fleets.most} instances together, and this one needs {more} more than it"
                " has. Delete endpoints, or allow more ([jobs] endpoint_instances)."
            )
        for count, (_, fleet) in zip(counts, fleets, strict=True):
            await fleet.scale(max(fleet.size, count), gives_up=True)
        for step, fleet in fleets:
            try:
                await fleet.be_ready()
            except FleetFailedError as error:
                which = "primary" if len(step["steps"]) == 1 else step["host"]
                raise DeploymentFailedError(
                    f"The {which} container for production variant {step['name']} did not pass"
                    " the ping health check. Please check CloudWatch logs for this endpoint."
                    f" {error}"
                ) from error

    async def _shrink(self, deployment: Document) -> None:
        for step in _steps(deployment):
            fleet = await self._open(step)
            await fleet.scale(step["count"], drain_seconds=DRAIN_SECONDS)

    async def _open(self, step: Document) -> Answerer:
        """Return the fleet of a variant's container, its files and its runtime at hand."""
        return await open_fleet(
            self._call(step),
            step,
            endpoint=self._record.name,
            endpoint_url=self._endpoint["endpoint_url"],
        )

    async def _publish(
        self, deployment: Document, *, beside: Document | None = None, part: float = 1.0
    ) -> None:
        """Let a deployment answer; beside another one, it answers a part of the requests."""
        variants: list[Document] = deployment["variants"]
        shares = self._shares(in_production(deployment), part)
        shadow = shadow_of(deployment)
        if beside is not None:
            shares += self._shares(in_production(beside), 1 - part)
            variants = [*beside["variants"], *variants]
        if deployment.get("hosts_components"):
            shares = []  # Each component has a route of its own.
        details = {
            "asynchronous": deployment["asynchronous"],
            "hosts_components": deployment.get("hosts_components", False),
            "capture": deployment["capture"],
            "shadow": self._shadow(shadow, in_production(deployment)) if shadow else None,
            "models": {one["name"]: self._stores(one) for one in variants},
            "direct": {one["name"] for one in variants if is_direct(one["model"])},
            "serverless": {
                one["name"]: one["config"]["ServerlessConfig"]
                for one in variants
                if "ServerlessConfig" in one["config"]
            },
            "roles": {one["name"]: one["model"]["ExecutionRoleArn"] for one in variants},
        }
        await self._fleets.publish(route_name(self._record), Route(shares=shares, details=details))

    async def _trace(self, deployment: Document) -> None:
        """Keep in lineage what is deployed."""
        call = self._call(deployment["variants"][0])
        await trace_deployment(call, self._record.name, deployment)

    def _stores(self, variant: Document) -> Mapping[str, ModelStore]:
        """Return where those of a variant's containers find their models that have many."""
        call = self._call(variant)
        return {
            step["host"]: ModelStore(
                call,
                S3Place.of((data_of(step["container"]) or {})["S3Uri"]),
                self._fleets.folder(step["fleet"]) / MODELS,
                most_bytes=room_for_models(variant, step["container"]),
            )
            for step in variant["steps"]
            if has_many_models(step["container"])
        }

    def _shares(self, variants: Sequence[Document], part: float) -> list[Share]:
        whole = sum(variant["weight"] for variant in variants) or 1.0
        return [self._share(variant, variant["weight"] / whole * part) for variant in variants]

    def _shadow(self, shadow: Document, variants: Sequence[Document]) -> Share:
        """Return who is asked, too, and the part of the requests as its weight."""
        whole = sum(variant["weight"] for variant in variants) or 1.0
        return self._share(shadow, min(1.0, shadow["weight"] / whole))

    def _share(self, variant: Document, weight: float) -> Share:
        fleets = {step["host"]: self._fleets.opened(step["fleet"]) for step in variant["steps"]}
        return Share(name=variant["name"], fleets=fleets, weight=weight)

    async def _remove(self, fleets: set[str]) -> None:
        for fleet in fleets:
            await self._fleets.remove(fleet, drain_seconds=DRAIN_SECONDS)
            await forget(self._backends, self._record.scope, fleet)

    async def _end(
        self, status: str, failure: str = "", *, deployment: Document | None = None
    ) -> None:
        """Note how the work ended, unless somebody wants something else by now."""
        asked = self._endpoint["status"]
        now = self._backends.now()

        def ended(document: Document) -> Document:
            if document["status"] != asked:
                return document
            changed: Document = {**document, "status": status, "modified": now}
            changed.pop("pending", None)
            changed.pop("failure", None)
            if failure:
                changed["failure"] = failure[:LONGEST_FAILURE]
            if deployment is not None:
                changed |= {"deployment": deployment, "config": deployment["config"]}
                if deployment.get("hosts_components"):
                    changed = fitted(changed)
                if deployment.get("deploying"):
                    changed["deployment_config"] = deployment["deploying"]
            return changed

        await self._change(ended)

    async def _change(self, changed: Callable[[Document], Document]) -> None:
        self._record = await change(
            self._backends.records, self._record.scope, self._record.name, changed
        )

    def _call(self, variant: Document) -> Call:
        return call_without_request(
            self._backends,
            service="sagemaker",
            operation="CreateEndpoint",
            account=self._record.scope.account,
            region=self._record.scope.region,
            role=variant["model"]["ExecutionRoleArn"],
        )


def _steps(deployment: Document) -> list[Document]:
    return [step for variant in deployment["variants"] for step in steps_of(variant)]


def _part_of(count: int, part: float) -> int:
    """Return a part of some instances, at least one."""
    return max(1, math.ceil(count * part - 1e-6))


def route_name(endpoint: Record) -> str:
    """Return the name under which an endpoint's fleets answer."""
    return f"{endpoint.scope.account}/{endpoint.scope.region}/{endpoint.name}"
