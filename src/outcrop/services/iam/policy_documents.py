"""Policy documents as IAM takes them: checked, and never longer than their quota.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from outcrop.aws.policies import MalformedPolicyError, PolicyDocument
from outcrop.aws.policies.matching import matches
from outcrop.services.iam import shapes

MOST_MANAGED_CHARACTERS = 6144
MOST_INLINE_CHARACTERS = {"role": 10240, "group": 5120, "user": 2048}
TRUST_ACTIONS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""What a trust policy can be about."""


def check_identity_policy(text: str) -> PolicyDocument:
    """Return a policy that says what its owner may do.

    Raises:
        MalformedPolicyDocumentException: The text is no such policy.
    """
    try:
        return PolicyDocument.parse(text)
    except MalformedPolicyError as error:
        raise shapes.MalformedPolicyDocumentException(str(error)) from error


def check_trust_policy(text: str) -> PolicyDocument:
    """Return a policy that says who may assume a role.

    Raises:
        MalformedPolicyDocumentException: The text is no such policy.
    """
    try:
        policy = PolicyDocument.parse(text, kind="trust")
    except MalformedPolicyError as error:
        raise shapes.MalformedPolicyDocumentException(str(error)) from error
    for statement in policy.statements:
        for action in statement.actions or ():
            if not any(matches(action, known, ignore_case=True) for known in TRUST_ACTIONS):
                raise shapes.MalformedPolicyDocumentException(
                    "AssumeRole policy may only specify STS AssumeRole actions."
                )
    return policy


def characters(text: str) -> int:
    """Return how long a document counts: IAM leaves white space out."""
    return len("".join(text.split()))
