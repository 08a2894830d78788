"""How long the answers of native requests are that do not say it.

Elsewhere, and where a vendor documents a default above it, `BedrockRequestSettings.max_tokens`
holds: what a model on this machine says in less than the 60 seconds that SDKs wait for an answer.

Source: Amazon Bedrock User Guide, "Inference request parameters and response fields for foundation
models", the defaults of each vendor's parameter.
"""

import re

DOCUMENTED = (
    (r"amazon\.titan-.*", 512),
    (r"anthropic\.claude-(v2|instant).*", 200),
    (r"meta\..*", 512),
    (r"mistral\.(mistral-7b|mixtral).*", 512),
    (r"cohere\.command-(light-)?text.*", 20),
    (r"ai21\.j2.*", 200),
)


def documented_max_tokens(model_id: str) -> int | None:
    """Return the default that a model's vendor documents, `None` where we go by our own."""
    for pattern, tokens in DOCUMENTED:
        if re.fullmatch(pattern, model_id):
            return tokens
    return None
