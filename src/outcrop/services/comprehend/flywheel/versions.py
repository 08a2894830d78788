"""Which version of its model answers for a flywheel.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/flywheels-about.html
"""

from outcrop.operations.records import every
from outcrop.storage.records.interface import Record, RecordStore

FLYWHEEL = "flywheel"
ITERATION = "flywheel-iteration"
"""Kinds of records; those of iterations are named `<flywheel>/<id>`."""
ACTIVE_MODEL = "model"
"""The member of a flywheel's document that names its active version; empty: nobody chose one."""
LATEST = "latest"
"""The member that has the id of its latest iteration."""
TRAINED = "trained"
"""The member of an iteration's document that names the version which it trained."""


async def active_model(records: RecordStore, flywheel: Record) -> str:
    """Return the ARN of a flywheel's active version.

    It is the one that was chosen, or else the first that an iteration trained; empty: there is
    none yet.
    """
    if flywheel.document[ACTIVE_MODEL]:
        return str(flywheel.document[ACTIVE_MODEL])
    scope = flywheel.scope._replace(kind=ITERATION)
    async for iteration in every(records, scope, prefix=f"{flywheel.name}/"):
        if TRAINED in iteration.document:
            return str(iteration.document[TRAINED])
    return ""
