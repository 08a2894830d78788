"""The roles that callers assume, as IAM keeps them, and whom they trust.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from outcrop.aws.access_key_ids import unique_id
from outcrop.aws.arn import Arn
from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.aws.policies import AccessRequest, PolicyDocument, Verdict, decide
from outcrop.operations import Call, Principal

LONGEST_CHAINED_SECONDS = 3600
LONGEST_SECONDS = 43200


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that somebody asks to assume."""

    arn: str
    account: str
    name: str
    id: str
    longest_seconds: int
    trust: PolicyDocument | None
    """`None` for a role that the caller's account does not keep."""

    def session_arn(self, session: str) -> str:
        """Return the ARN of a session of the role."""
        return str(
            Arn(
                service="sts",
                region="",
                account=self.account,
                resource=f"assumed-role/{self.name}/{session}",
            )
        )

    def trusts(
        self, principal: str, actions: Sequence[str], context: Mapping[str, Sequence[str]]
    ) -> bool:
        """Tell whether the role's trust policy lets a principal do all of some actions."""
        policies = [self.trust] if self.trust else []
        return all(
            decide(
                policies, AccessRequest(action=action, principal=principal, context=context)
            ).verdict
            is Verdict.ALLOWED
            for action in actions
        )

    def check_duration(self, seconds: int, *, caller: str) -> None:
        """Check how long a session is to be.

        Raises:
            ValidationError: Longer than the role, or a chain of roles, allows.
        """
        if ":assumed-role/" in caller and seconds > LONGEST_CHAINED_SECONDS:
            raise ValidationError(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed"
                " by role chaining"
            )
        if seconds > self.longest_seconds:
            raise ValidationError(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )


async def find_role(call: Call, arn: str) -> Role:
    """Return a role by its ARN, of whatever account.

    Raises:
        ValidationError: It is no role's ARN.
    """
    try:
        parsed = Arn.parse(arn)
    except ValueError as error:
        raise ValidationError(f"{arn} is invalid") from error
    kind, _, path = parsed.resource.partition("/")
    if parsed.service != "iam" or kind != "role" or not path:
        raise ValidationError("Request ARN is invalid")
    name = path.rpartition("/")[2]
    try:
        answer = await as_account(call, parsed.account).ask("iam", "GetRole", RoleName=name)
    except ServiceError as error:
        if error.code != "NoSuchEntityException":
            raise
        return Role(
            arn=arn,
            account=parsed.account,
            name=name,
            id=unique_id("AROA", parsed.account, name),
            longest_seconds=LONGEST_SECONDS,
            trust=None,
        )
    role = answer["Role"]
    return Role(
        arn=arn,
        account=parsed.account,
        name=role["RoleName"],
        id=role["RoleId"],
        longest_seconds=role["MaxSessionDuration"],
        trust=PolicyDocument.parse(unquote(role["AssumeRolePolicyDocument"]), kind="trust"),
    )


def as_account(call: Call, account: str) -> Call:
    """Return the call as the root of an account would make it, to look something up there."""
    principal = Principal(account=account, arn=f"arn:aws:iam::{account}:root", user_id=account)
    return replace(call, principal=principal)
