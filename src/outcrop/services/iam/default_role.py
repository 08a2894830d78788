"""The role that every account has from its first use: `outcrop`.

Programs for SageMaker and Bedrock name an execution role. This one exists without being made,
trusts the services that Outcrop answers and the account itself, and may do everything. Deleted, it
stays deleted.
"""

import json
from datetime import datetime

from outcrop.aws.access_key_ids import unique_id
from outcrop.operations import Call
from outcrop.storage.records.interface import Create, Document, RecordExistsError, Scope

DEFAULT_ROLE = "outcrop"
POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUSTED = (
    "bedrock",
    "bedrock-agentcore",
    "comprehend",
    "kendra",
    "polly",
    "qbusiness",
    "rekognition",
    "s3",
    "sagemaker",
    "textract",
    "transcribe",
    "translate",
)
MAX_SESSION_SECONDS = 43200
MADE = f"role/{DEFAULT_ROLE}"


async def add_default_role(call: Call, name: str = DEFAULT_ROLE) -> bool:
    """Make the default role if it is the one named and was never made; tell whether it was made."""
    if name.lower() != DEFAULT_ROLE:
        return False
    document = _document(call)
    made = Create(scope=_made(call), name=MADE, document={"at": document["created"]})
    role = Create(
        scope=Scope(call.account, "", "iam", "role"),
        name=DEFAULT_ROLE,
        document=document,
        indexes={f"policy:{POLICY}": "attached"},
    )
    try:
        await call.backends.records.write(made, role)
    except RecordExistsError:
        return False
    return True


async def first_use(call: Call) -> datetime:
    """Return when the account was first used, in whole seconds."""
    await add_default_role(call)
    made = await call.backends.records.get(_made(call), MADE)
    # Accounts that an earlier version made tell it by their record alone.
    return made.document.get("at") or made.created_at.replace(microsecond=0)


def _made(call: Call) -> Scope:
    return Scope(call.account, "", "iam", "made")


def _document(call: Call) -> Document:
    root = call.arn("root", service="iam", region="")
    services = [f"{service}.amazonaws.com" for service in TRUSTED]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": services, "AWS": root},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    return {
        "name": DEFAULT_ROLE,
        "path": "/",
        "id": unique_id("AROA", call.account, DEFAULT_ROLE),
        "created": call.backends.now().replace(microsecond=0),
        "description": "The execution role that every account of Outcrop has.",
        "trust": json.dumps(trust),
        "max_session": MAX_SESSION_SECONDS,
        "tags": {},
        "attached": [POLICY],
        "inline": {},
    }
