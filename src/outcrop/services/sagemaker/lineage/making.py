"""Entities of lineage that SageMaker makes by itself: each is made once, and again is no error.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html
"""

import contextlib
import logging
from collections.abc import Generator

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.lineage.entities import ACTIONS, ARTIFACTS, CONTEXTS, id_of
from outcrop.services.sagemaker.lineage.graph import connect
from outcrop.services.sagemaker.resources import arn_of
from outcrop.storage.records.interface import Document, RecordExistsError

CONTRIBUTED, ASSOCIATED, PRODUCED = "ContributedTo", "AssociatedWith", "Produced"
LONGEST_NAME = 120
logger = logging.getLogger(__name__)


@contextlib.contextmanager
def as_far_as_kept(what: str) -> Generator[None]:
    """Leave out what cannot be kept, since somebody deletes an entity meanwhile, and say so."""
    try:
        yield
    except ServiceError as error:
        logger.warning("The lineage of %s is not whole: %s", what, error)


async def make_artifact(call: Call, uri: str, artifact_type: str) -> str:
    """Return the ARN of the artifact of a URI, which is made if there is none."""
    source = {"SourceUri": uri}
    request = {"Source": source, "ArtifactType": artifact_type}
    return await _make(call, ARTIFACTS, id_of(source), request)


async def make_context(call: Call, name: str, context_type: str, arn: str) -> str:
    """Return the ARN of the context of a resource, which is made if there is none."""
    source = {"SourceUri": arn, "SourceType": "ARN"}
    return await _make(call, CONTEXTS, name, {"Source": source, "ContextType": context_type})


async def make_action(call: Call, name: str, action_type: str, arn: str, status: str) -> str:
    """Return the ARN of something done to a resource, which is made if there is none."""
    source = {"SourceUri": arn, "SourceType": "ARN"}
    request = {"Source": source, "ActionType": action_type, "Status": status}
    return await _make(call, ACTIONS, name, request)


async def associate(call: Call, source: str, destination: str, kind: str = CONTRIBUTED) -> None:
    """Associate two entities, unless they are."""
    with contextlib.suppress(RecordExistsError):
        await connect(call, source, destination, kind)


async def _make(call: Call, entity: Entity, name: str, request: Document) -> str:
    shown = name[-LONGEST_NAME:].lstrip("-")
    with contextlib.suppress(ServiceError):  # It is there already.
        await entity.create(call, {entity.name: shown, **request}, name=shown)
    return arn_of(call, entity.kind, shown)
