"""JumpStart's public hub: AWS's own, with the models of Outcrop's catalogue, for all to read.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/jumpstart-curated-hubs-access-hub.html
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import AccessDeniedError
from outcrop.operations import Call
from outcrop.services.sagemaker.jumpstart.catalog import PublicModel, load_catalog
from outcrop.services.sagemaker.jumpstart.documents import (
    SCHEMA_VERSION,
    document_of,
    keywords_of,
)
from outcrop.services.sagemaker.jumpstart.places import AWS
from outcrop.services.sagemaker.resources import HUB, HUB_CONTENT, arn_of, scope
from outcrop.storage.records.interface import Document, Record

PUBLIC_HUB = "SageMakerPublicHub"


def as_aws(call: Call) -> Call:
    """Return a call that sees what is AWS's own."""
    return replace(call, principal=replace(call.principal, account=AWS))


def is_public(call: Call, hub: str) -> bool:
    """Tell whether a name, or an ARN, is that of the public hub."""
    return hub in (PUBLIC_HUB, arn_of(as_aws(call), HUB, PUBLIC_HUB))


def refuse_public(call: Call, request: Mapping[str, Any]) -> None:
    """Refuse to change the public hub.

    Raises:
        ServiceError: The request names it.
    """
    if is_public(call, request["HubName"]):
        raise AccessDeniedError(
            f"User: {call.principal.arn} is not authorized to perform:"
            f" sagemaker:{call.operation} on resource: {arn_of(as_aws(call), HUB, PUBLIC_HUB)}"
        )


def public_hub(call: Call) -> Record:
    """Return the public hub."""
    given = {
        "HubDescription": "The models of this server's own catalogue.",
        "HubDisplayName": "SageMaker Public Hub",
    }
    return _record(call, HUB.name, PUBLIC_HUB, {"given": given})


def public_contents(call: Call) -> list[Record]:
    """Return all versions of all contents of the public hub."""
    return [_content(call, model) for model in load_catalog().models]


def _content(call: Call, model: PublicModel) -> Record:
    content = f"{PUBLIC_HUB}/Model/{model.id}"
    title = model.hub_name.partition("/")[2] or model.id
    given = {
        "HubContentType": "Model",
        "HubContentVersion": model.version,
        "DocumentSchemaVersion": SCHEMA_VERSION,
        "HubContentDisplayName": title,
        "HubContentDescription": f"{title}, served by this server.",
        "HubContentDocument": json.dumps(document_of(model, call.region)),
        "HubContentSearchKeywords": list(keywords_of(model)),
        "SupportStatus": "Supported",
    }
    more = {"hub": PUBLIC_HUB, "content": model.id, "first_created": load_catalog().released}
    record = _record(call, HUB_CONTENT.name, f"{content}/{model.version}", {"given": given, **more})
    return replace(record, indexes={"hub": PUBLIC_HUB, "content": content})


def _record(call: Call, kind: str, name: str, document: Document) -> Record:
    released = load_catalog().released
    times: Document = {"created": released, "modified": released}
    place = scope(as_aws(call), HUB if kind == HUB.name else HUB_CONTENT)
    return Record(
        scope=place,
        name=name,
        document={**times, "name": name, "tags": {}, "made_by": {}, **document},
        version=1,
        created_at=released,
        modified_at=released,
    )
