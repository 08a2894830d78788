"""Exports of model cards: the records of what was written as PDF to S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-export.html
"""

from collections.abc import Sequence

from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import Fault, ResourceKind
from outcrop.storage.records.interface import Record

EXPORT_JOB = ResourceKind(
    "model-card-export-job",
    missing=Fault(shapes.ResourceNotFound, "Model card export job {arn} does not exist."),
    taken=Fault(shapes.ConflictException, "A model card export job of this name exists: {name}"),
)
"""Named `card/job`; its ARN is one below the card's, `model-card/card/export-job/job`."""


async def jobs_of(call: Call, card: Record) -> Sequence[Record]:
    """Return the exports of a card."""
    return await all_of(call, EXPORT_JOB, index=("card", card.name))
