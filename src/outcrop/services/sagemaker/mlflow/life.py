"""A tracking server from its creation on: its program is started, found again, ended.

What is to be done, its record says: the status, and whether it is active. So it is taken up where
it was when the server starts anew. The runs that were logged are in a database among the files of
its fleet, which last until it is deleted.
"""

import logging

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.jobs.runtimes import CannotInstallError
from outcrop.jobs.serving import Fleet, FleetFailedError, Route, Seat, Serving, Share
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change
from outcrop.services.sagemaker.mlflow import registration
from outcrop.services.sagemaker.mlflow.errors import TrackerFailedError
from outcrop.services.sagemaker.mlflow.programs import AT_ONCE, program
from outcrop.services.sagemaker.mlflow.sign_in import forget_sessions
from outcrop.services.sagemaker.mlflow.states import ENDS
from outcrop.services.sagemaker.mlflow.versions import mlflow_runtime, running_version
from outcrop.storage.records.interface import Delete, Document, Record, RecordNotFoundError

DRAIN_SECONDS = 10.0
START_SECONDS = 300.0
PING = "/health"
logger = logging.getLogger(__name__)


class TrackerLife:
    """One tracking server, or app, at work."""

    def __init__(self, backends: Backends, tracker: Record) -> None:
        self._backends = backends
        self._fleets = backends.jobs.trackers
        self._record = tracker

    @property
    def _tracker(self) -> Document:
        return self._record.document

    async def go(self) -> None:
        """Do what the record asks for."""
        try:
            self._record = await self._backends.records.get(self._record.scope, self._record.name)
            if self._tracker["status"] in ENDS:
                await self._change()
            elif self._tracker["active"]:
                await self._publish(await self._start())
        except RecordNotFoundError:  # The account was emptied.
            await self._fleets.remove(self._tracker["fleet"])

    async def delete(self) -> None:
        """End the program and forget the tracking server with all that was logged to it."""
        self._fleets.withdraw(route_name(self._record))
        await self._fleets.remove(self._tracker["fleet"], drain_seconds=DRAIN_SECONDS)
        await forget_sessions(self._backends, self._record)
        await registration.forget_registered(self._backends, self._record)
        delete = Delete(scope=self._record.scope, name=self._record.name, must_exist=False)
        await self._backends.records.write(delete)

    async def _change(self) -> None:
        """Do what is under way, and note how it ended."""
        well, badly = ENDS[self._tracker["status"]]
        is_wanted = self._tracker["wanted"]
        try:
            if not is_wanted or self._tracker.get("restart"):
                self._fleets.withdraw(route_name(self._record))
                await self._fleets.rest(self._tracker["fleet"], drain_seconds=DRAIN_SECONDS)
            if is_wanted:
                await self._check_store()
                await self._install()
                fleet = await self._start(gives_up=True)
                await fleet.be_ready()
                await self._publish(fleet)
        except (TrackerFailedError, FleetFailedError) as error:
            logger.warning(
                "%s %s: %s: %s", self._record.scope.kind, self._record.name, badly, error
            )
            await self._fleets.rest(self._tracker["fleet"])
            await self._end(badly, is_active=False)
        else:
            await self._end(well, is_active=is_wanted)

    async def _check_store(self) -> None:
        """Refuse a bucket that is not there, or is another account's than was said."""
        bucket, _ = bucket_and_key(self._tracker["artifact_store"])
        call = self._call()
        try:
            await call.ask("s3", "HeadBucket", Bucket=bucket)
            if not self._tracker["verifies_owner"]:
                return
            listed = await call.ask("s3", "ListBuckets", Prefix=bucket)
        except ServiceError as error:
            raise TrackerFailedError(f"The bucket {bucket}: {error.message}") from error
        is_own = any(one["Name"] == bucket for one in listed["Buckets"])
        if self._tracker["bucket_owner"] != (call.account if is_own else ""):
            raise TrackerFailedError(
                f"The bucket {bucket} is not of account {self._tracker['bucket_owner']}."
            )

    async def _install(self) -> None:
        runtime = mlflow_runtime()
        try:
            await self._backends.jobs.runtimes.install(runtime, say=logger.debug)
        except CannotInstallError as error:
            raise TrackerFailedError(f"{runtime.name} cannot be installed: {error}") from error

    async def _start(self, *, gives_up: bool = False) -> Fleet:
        """Start the program, or find it."""
        call, tracker = self._call(), self._tracker
        if not self._fleets.has_room(1) and not self._is_open():
            raise TrackerFailedError("As many run as may ([jobs] tracking_servers).")
        serving = Serving(
            program=lambda seat: program(call, tracker, seat),
            follow=_hear_nothing,
            workers=AT_ONCE,
            ping=PING,
            start_seconds=START_SECONDS,
        )
        fleet = self._fleets.open(tracker["fleet"], serving)
        await fleet.scale(1, gives_up=gives_up)
        return fleet

    def _is_open(self) -> bool:
        try:
            return self._fleets.opened(self._tracker["fleet"]).size > 0
        except KeyError:
            return False

    async def _publish(self, fleet: Fleet) -> None:
        share = Share(name=self._record.name, fleets={self._record.name: fleet}, weight=1.0)
        await self._fleets.publish(route_name(self._record), Route(shares=[share]))
        registration.wake(self._backends, self._record, fleet)

    async def _end(self, status: str, *, is_active: bool) -> None:
        """Note how the work ended, unless somebody wants something else by now."""
        asked, now = self._tracker["status"], self._backends.now()

        def ended(document: Document) -> Document:
            if document["status"] != asked:
                return document
            changed: Document = {**document, "status": status, "active": is_active}
            if is_active:
                changed["version"] = running_version()
            changed.pop("restart", None)
            return {**changed, "modified": now.replace(microsecond=now.microsecond // 1000 * 1000)}

        self._record = await change(
            self._backends.records, self._record.scope, self._record.name, ended
        )

    def _call(self) -> Call:
        return call_without_request(
            self._backends,
            service="sagemaker",
            operation="CreateMlflowTrackingServer",
            account=self._record.scope.account,
            region=self._record.scope.region,
            role=self._tracker["role"],
        )


async def _hear_nothing(seat: Seat, run_id: str) -> None:
    """Deliver nothing: AWS has no log of tracking servers. Why one ends, the server's log says."""
    del seat, run_id


def route_name(tracker: Record) -> str:
    """Return the name under which a tracking server answers."""
    scope = tracker.scope
    return f"{scope.kind}/{scope.account}/{scope.region}/{tracker.name}"
