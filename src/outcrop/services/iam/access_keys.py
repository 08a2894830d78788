"""Access keys of users.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
"""

import base64
import os

from outcrop.aws.access_key_ids import make_access_key_id
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import change, every
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    USER,
    caller_user,
    ended,
    find_entity,
    page_request,
    scope,
)
from outcrop.storage.records.interface import Create, Delete, Document, Record

MOST_KEYS = 2
ACCESS_KEY = "access-key"
ACTIVE = "Active"


@operation("CreateAccessKey")
async def create_access_key(
    call: Call, request: shapes.CreateAccessKeyRequest
) -> shapes.CreateAccessKeyResponse:
    """Make a key for a user; its secret is told this once."""
    user = await find_entity(call, USER, request.get("UserName") or caller_user(call))
    if len(await _keys_of(call, user)) >= MOST_KEYS:
        raise shapes.LimitExceededException(
            f"Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}"
        )
    key_id = make_access_key_id("AKIA", call.account, os.urandom(5))
    document: Document = {
        "user": user.document["name"],
        "user_id": user.document["id"],
        "status": ACTIVE,
        "created": call.backends.now().replace(microsecond=0),
        "secret": base64.b64encode(os.urandom(30)).decode(),
    }
    create = Create(
        scope=scope(call, ACCESS_KEY),
        name=key_id,
        document=document,
        indexes={"user": user.document["id"]},
    )
    await call.backends.records.write(create)
    return {
        "AccessKey": {
            "UserName": user.document["name"],
            "AccessKeyId": key_id,
            "Status": ACTIVE,
            "SecretAccessKey": document["secret"],
            "CreateDate": document["created"],
        }
    }


@operation("ListAccessKeys")
async def list_access_keys(
    call: Call, request: shapes.ListAccessKeysRequest
) -> shapes.ListAccessKeysResponse:
    """Answer with a user's keys, without their secrets."""
    user = await find_entity(call, USER, request.get("UserName") or caller_user(call))
    keys = await _keys_of(call, user)
    page = page_of(keys, key=lambda key: key.name, page=page_request(request))
    return {
        "AccessKeyMetadata": [
            {
                "UserName": user.document["name"],
                "AccessKeyId": key.name,
                "Status": key.document["status"],
                "CreateDate": key.document["created"],
            }
            for key in page.items
        ],
        **ended(page),
    }


@operation("UpdateAccessKey")
async def update_access_key(call: Call, request: shapes.UpdateAccessKeyRequest) -> None:
    """Make a key active or inactive."""
    key = await _find_key(call, request["AccessKeyId"], request.get("UserName"))
    await change(
        call.backends.records,
        key.scope,
        key.name,
        lambda document: {**document, "status": request["Status"]},
    )


@operation("DeleteAccessKey")
async def delete_access_key(call: Call, request: shapes.DeleteAccessKeyRequest) -> None:
    """Delete a key."""
    key = await _find_key(call, request["AccessKeyId"], request.get("UserName"))
    await call.backends.records.write(Delete(scope=key.scope, name=key.name, must_exist=False))


@operation("GetAccessKeyLastUsed")
async def get_access_key_last_used(
    call: Call, request: shapes.GetAccessKeyLastUsedRequest
) -> shapes.GetAccessKeyLastUsedResponse:
    """Answer with whose key it is; Outcrop does not note when keys are used."""
    key = await _find_key(call, request["AccessKeyId"], None)
    return {
        "UserName": key.document["user"],
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }


async def _keys_of(call: Call, user: Record) -> list[Record]:
    index = ("user", user.document["id"])
    return [key async for key in every(call.backends.records, scope(call, ACCESS_KEY), index=index)]


async def _find_key(call: Call, key_id: str, user_name: str | None) -> Record:
    if user_name is not None:
        await find_entity(call, USER, user_name)
    key = await call.backends.records.find(scope(call, ACCESS_KEY), key_id)
    if key is None or (user_name or key.document["user"]).lower() != key.document["user"].lower():
        raise shapes.NoSuchEntityException(f"The Access Key with id {key_id} cannot be found.")
    return key
