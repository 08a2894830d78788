"""The access keys of users, as they sign requests.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
"""

from outcrop.aws.access_key_ids import account_in
from outcrop.aws.arn import Arn
from outcrop.operations import Principal
from outcrop.operations.key_holder import KeyHolder
from outcrop.services.iam.access_keys import ACCESS_KEY, ACTIVE
from outcrop.services.iam.entities import USER
from outcrop.storage.records.interface import RecordStore, Scope


async def find_key_holder(records: RecordStore, access_key_id: str) -> KeyHolder | None:
    """Return who holds an active access key of any account, `None` if nobody does."""
    account = account_in(access_key_id)
    if account is None:
        return None
    key = await records.find_shared(Scope(account, "", "iam", ACCESS_KEY), access_key_id)
    if key is None or key.document["status"] != ACTIVE:
        return None
    name = str(key.document["user"])
    user = await records.find_shared(Scope(account, "", "iam", USER.name), name.lower())
    if user is None or user.document["id"] != key.document["user_id"]:
        return None
    resource = f"user{user.document['path']}{user.document['name']}"
    arn = Arn(service="iam", region="", account=account, resource=resource)
    principal = Principal(
        account=account,
        arn=str(arn),
        user_id=user.document["id"],
        access_key_id=access_key_id,
    )
    return KeyHolder(principal=principal, secret=key.document["secret"])
