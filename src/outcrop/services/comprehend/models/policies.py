"""The policy of a custom model, which says who of other accounts may import it.

It is kept in the model's own record, and goes with it.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/custom-copy-sharing.html
"""

import secrets
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import AccessDeniedError
from outcrop.aws.policies import (
    AccessRequest,
    MalformedPolicyError,
    PolicyDocument,
    Verdict,
    decide,
)
from outcrop.operations import Call
from outcrop.services.comprehend import shapes
from outcrop.storage.records.interface import Document, Record

ACTION = "comprehend:ImportModel"
POLICY = "policy"
"""The member of a model's document that has its policy."""


def with_policy(document: Document, text: str, revision: str | None, now: Any) -> Document:
    """Return a model's document with a policy.

    Args:
        document: The model's.
        text: Of the policy.
        revision: Which one it is to take the place of; `None`: of any, or of none.
        now: When this is done.

    Raises:
        InvalidRequestException: There is another revision, or none.
    """
    before = document.get(POLICY)
    if revision is not None:
        _check_revision(before, revision)
    policy = {
        "text": text,
        "revision": secrets.token_hex(16),
        "created": before["created"] if before else now,
        "updated": now,
    }
    return {**document, POLICY: policy}


def without_policy(document: Document, revision: str | None) -> Document:
    """Return a model's document without its policy.

    Raises:
        ResourceNotFoundException: It has none.
        InvalidRequestException: It has another revision.
    """
    policy = policy_of(document)
    if revision is not None:
        _check_revision(policy, revision)
    return {name: value for name, value in document.items() if name != POLICY}


def policy_of(document: Document) -> Mapping[str, Any]:
    """Return the policy in a model's document.

    Raises:
        ResourceNotFoundException: There is none.
    """
    if POLICY not in document:
        raise shapes.ResourceNotFoundException("The model has no resource-based policy.")
    policy: Mapping[str, Any] = document[POLICY]
    return policy


def check_policy(text: str) -> None:
    """Refuse a text that is no policy for models.

    Raises:
        InvalidRequestException: It says something else, or nothing that can be read.
    """
    try:
        policy = PolicyDocument.parse(text, kind="resource")
    except MalformedPolicyError as error:
        raise shapes.InvalidRequestException(f"The resource policy is invalid: {error}") from error
    for statement in policy.statements:
        actions = statement.actions or statement.not_actions or ()
        strange = [each for each in actions if each.lower() not in (ACTION.lower(), "comprehend:*")]
        if strange:
            raise shapes.InvalidRequestException(
                f"The resource policy is invalid: it may be about {ACTION}, not about {strange[0]}."
            )


def check_import(call: Call, model: Record | None, arn: str, *, is_own: bool) -> None:
    """Refuse a caller whom a model's policy denies, or, of another account, does not allow.

    Args:
        call: Who wants to import it.
        model: `None`: there is none of this ARN, which nobody of another account learns.
        arn: Of the model.
        is_own: Whether it is of the caller's account.

    Raises:
        AccessDeniedError: See there.
    """
    kept = model.document.get(POLICY) if model is not None else None
    principal = call.principal
    request = AccessRequest(
        action=ACTION,
        resource=arn,
        principal=principal.arn,
        context={
            "aws:principalarn": [principal.arn],
            "aws:principalaccount": [principal.account],
            "aws:userid": [principal.user_id],
        },
    )
    policies = [PolicyDocument.parse(kept["text"], kind="resource")] if kept else []
    verdict = decide(policies, request).verdict
    if verdict is Verdict.ALLOWED or (is_own and verdict is Verdict.IMPLICIT_DENY):
        return
    raise AccessDeniedError(
        f"User: {principal.arn} is not authorized to perform: {ACTION} on resource: {arn}"
    )


def _check_revision(policy: Mapping[str, Any] | None, revision: str) -> None:
    if policy is None or policy["revision"] != revision.lower():
        raise shapes.InvalidRequestException(
            f"The model's resource-based policy has no revision {revision}."
        )
