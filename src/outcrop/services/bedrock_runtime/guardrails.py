"""Guardrails: none can be applied here, and none is passed over in silence."""

from outcrop.services.bedrock_runtime import shapes


def refuse_guardrail(identifier: str | None) -> None:
    """Refuse a request that is to be guarded.

    Raises:
        ServiceError: It names a guardrail.
    """
    if identifier:
        raise shapes.ValidationException(
            f"The guardrail {identifier} cannot be applied: Outcrop applies no guardrails yet. "
            "Remove the guardrail and try again."
        )
