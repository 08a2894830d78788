"""Flywheels, their datasets and their iterations, as records and as ARNs.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_FlywheelProperties.html
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from outcrop.operations import Call
from outcrop.operations.records import TRIES, every
from outcrop.services.comprehend import arns, shapes
from outcrop.services.comprehend.flywheel.versions import FLYWHEEL, ITERATION, active_model
from outcrop.storage.records.interface import Record, Replace, Scope, StaleRecordError

T = TypeVar("T")

ACTIVE = "ACTIVE"
CREATING = "CREATING"
TRAINING = "TRAINING"
DATASET_PART = "/dataset/"


@dataclass(frozen=True, slots=True)
class FlywheelResource:
    """One kind of what belongs to flywheels; its records are named by the ends of its ARNs."""

    kind: str

    def scope(self, call: Call) -> Scope:
        """Return where the caller's are."""
        return Scope(call.account, call.region, "comprehend", self.kind)

    def arn(self, call: Call, name: str) -> str:
        """Return an ARN by the name of a record."""
        return call.arn(f"flywheel/{name}", service="comprehend")

    async def find(self, call: Call, arn: str) -> Record:
        """Return a record.

        Raises:
            ResourceNotFoundException: There is none of this ARN.
        """
        return await arns.find(call, self, arn)

    def of_flywheel(self, call: Call, flywheel: str) -> AsyncIterator[Record]:
        """Give all that belong to a flywheel."""
        return every(call.backends.records, self.scope(call), prefix=f"{flywheel}/")


FLYWHEELS = FlywheelResource(FLYWHEEL)
DATASETS = FlywheelResource("flywheel-dataset")
ITERATIONS = FlywheelResource(ITERATION)


async def find_active(call: Call, arn: str) -> Record:
    """Return a flywheel that can be used.

    Raises:
        ResourceNotFoundException: There is none of this ARN.
        InvalidRequestException: It is not active.
    """
    flywheel = await FLYWHEELS.find(call, arn)
    status = flywheel.document["status"]
    if status != ACTIVE:
        raise shapes.InvalidRequestException(
            f"The flywheel {arn} is {status}: only flywheels that are {ACTIVE} can be used."
        )
    return flywheel


async def active_model_of(call: Call, arn: str) -> str:
    """Return the ARN of the version that answers for a flywheel.

    Raises:
        ResourceNotFoundException: There is no flywheel of this ARN.
        InvalidRequestException: It is not active.
        ResourceUnavailableException: It has no version yet.
    """
    flywheel = await find_active(call, arn)
    active = await active_model(call.backends.records, flywheel)
    if not active:
        raise shapes.ResourceUnavailableException(
            f"The flywheel {arn} has no active model version yet. Run an iteration first."
        )
    return active


async def with_flywheel(
    find: Callable[[], Awaitable[Record]], do: Callable[[Record], Awaitable[T]]
) -> T:
    """Do what writes a flywheel's record, again from the start if others were faster.

    Args:
        find: Returns the record.
        do: What is done with it.

    Raises:
        ServiceError: As both raise it.
        StaleRecordError: Others wrote the record all the time.
    """
    for _ in range(TRIES):
        flywheel = await find()
        try:
            return await do(flywheel)
        except StaleRecordError:
            continue
    raise StaleRecordError("a flywheel")


def unchanged(flywheel: Record) -> Replace:
    """Return a write that fails if a flywheel was changed or deleted since it was read."""
    return Replace(record=flywheel, document=flywheel.document)
