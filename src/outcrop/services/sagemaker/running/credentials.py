"""The variables by which programs act as a role.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from datetime import timedelta

from outcrop.operations import Call

OF_SERVERS = timedelta(days=365)
"""How long the credentials last of programs that serve, from their start on."""


def credentials(call: Call, *, lasting: timedelta = OF_SERVERS) -> dict[str, str]:
    """Return temporary credentials of a call's principal, as environment variables."""
    given = call.backends.sessions.issue(
        account=call.principal.account,
        arn=call.principal.arn,
        user_id=call.principal.user_id,
        expires_at=call.backends.now() + lasting,
    )
    return {
        "AWS_ACCESS_KEY_ID": given.access_key_id,
        "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
        "AWS_SESSION_TOKEN": given.session_token,
    }
