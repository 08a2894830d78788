"""Storing a body and what is said of it as the new version of an object."""

from outcrop.aws.errors import ServiceError
from outcrop.services.s3.bodies import OWN_BYTES, Source
from outcrop.services.s3.checksums import FULL_OBJECT
from outcrop.services.s3.conditions import UNCONDITIONAL, WriteCondition
from outcrop.services.s3.inspection import BodyInspection
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion


async def store_object(  # noqa: PLR0913  # an object has this many sides
    store: ObjectStore,
    key: str,
    version: ObjectVersion,
    body: Source,
    inspection: BodyInspection,
    *,
    event: str,
    condition: WriteCondition = UNCONDITIONAL,
) -> ObjectVersion:
    """Store an object, whole or not at all, and return the version that it became.

    Args:
        store: The objects of its bucket.
        key: Its key.
        version: All that is said of it, its body apart.
        body: Its bytes.
        inspection: What they are held to.
        event: What listeners are told: `ObjectCreated:Put`.
        condition: Checked against what is there.
    """
    received = await store.bodies.receive(body, inspection, own_bytes=OWN_BYTES)
    version = version.changed(
        size=received.size,
        etag=inspection.etag,
        segments=received.segments,
        body=received.body,
        checksums={inspection.algorithm.name: inspection.checksum},
        checksum_type=FULL_OBJECT,
    )
    try:
        return await store.put(
            key, version, writes=received.writes, event=event, condition=condition
        )
    except ServiceError:
        await store.bodies.drop(received)
        raise
