"""Amazon Resource Names.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arn:
    """`arn:partition:service:region:account:resource`."""

    service: str
    region: str
    """Empty for global services such as IAM."""
    account: str
    """Twelve digits, or empty for resources that AWS owns."""
    resource: str
    """All that follows the fifth colon, colons and slashes included."""
    partition: str = "aws"

    def __str__(self) -> str:
        return ":".join(
            ("arn", self.partition, self.service, self.region, self.account, self.resource)
        )

    @classmethod
    def parse(cls, text: str) -> "Arn":
        """Read an ARN.

        Raises:
            ValueError: `text` is no ARN.
        """
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not parts[2] or not parts[5]:
            raise ValueError(f"{text!r} is not an ARN")
        return cls(
            service=parts[2],
            region=parts[3],
            account=parts[4],
            resource=parts[5],
            partition=parts[1],
        )
