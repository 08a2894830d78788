"""Who signed a request, and for what, as the request itself claims; nothing is verified here.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from dataclasses import dataclass

TERMINATOR = "aws4_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialScope:
    """The day, region and service that a SigV4 signing key is made for."""

    date: str
    """`YYYYMMDD`, in UTC."""
    region: str
    service: str
    """The signing name: `bedrock` for bedrock, bedrock-runtime and bedrock-agent alike."""

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """An access key id and the scope that it signed for."""

    access_key_id: str
    scope: CredentialScope

    @classmethod
    def parse(cls, text: str) -> "Credential":
        """Read `AKID/20260101/us-east-1/sts/aws4_request`.

        Raises:
            ValueError: `text` is no such credential.
        """
        # From the right: access key ids of other makers may hold slashes.
        parts = text.rsplit("/", 4)
        if len(parts) != 5 or parts[4] != TERMINATOR or not all(parts):
            raise ValueError(
                "Credential must be ACCESS-KEY-ID/YYYYMMDD/REGION/SERVICE/aws4_request, "
                f"not {text!r}"
            )
        access_key_id, date, region, service, _ = parts
        return cls(
            access_key_id=access_key_id,
            scope=CredentialScope(date=date, region=region, service=service),
        )
