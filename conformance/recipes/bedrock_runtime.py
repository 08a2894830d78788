"""A script in place of a model: what is held here is the form of answers, not their sense."""

import json
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

CLAUDE = "anthropic.claude-3-sonnet-20240229-v1:0"
MESSAGES = [{"role": "user", "content": [{"text": "Hello"}]}]
TOOL = {
    "name": "weather",
    "description": "Tells the weather.",
    "inputSchema": {"json": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def values(account: str) -> Mapping[str, Any]:
    """Return prompts."""
    return {
        "accept": "application/json",
        "additionalModelRequestFields": {"top_k": 5},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "body": json.dumps(
            {"max_tokens": 20, "messages": [{"role": "user", "content": "Hello"}]}
        ).encode(),
        "contentType": "application/json",
        "inferenceConfig": {
            "maxTokens": 20,
            "temperature": 0.5,
            "topP": 0.9,
            "stopSequences": [";"],
        },
        "input": {"converse": {"messages": MESSAGES}},
        "messages": MESSAGES,
        "modelId": CLAUDE,
        "modelInput": {"max_tokens": 20, "messages": [{"role": "user", "content": "Hello"}]},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://bucket-{account}/out"}},
        "outputConfig": {
            "textFormat": {
                "type": "json_schema",
                "structure": {"jsonSchema": {"schema": '{"type": "object"}'}},
            }
        },
        "performanceConfig": {"latency": "standard"},
        "performanceConfigLatency": "standard",
        "requestMetadata": {"team": "blue"},
        "serviceTier": {"type": "default"},
        "InvokeModel.serviceTier": "default",
        "InvokeModelWithResponseStream.serviceTier": "default",
        "InvokeModel.requestMetadata": '{"team": "blue"}',
        "InvokeModelWithResponseStream.requestMetadata": '{"team": "blue"}',
        "tags": [{"key": "team", "value": "blue"}],
        "system": [{"text": "Be brief."}],
        "toolConfig": {"tools": [{"toolSpec": TOOL}]},
        "trace": "DISABLED",
    }


NO_GUARDRAIL = ("guardrailIdentifier", "guardrailVersion", "guardrailConfig", "trace")

STEPS = Steps(
    values=values,
    makers={"invocationArn": Maker("StartAsyncInvoke", "invocationArn")},
    before={"ListAsyncInvokes": ("StartAsyncInvoke",)},
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make the bucket that answers go to."""
    if "Async" in operation:
        client.of("s3").ask("CreateBucket", Bucket=f"bucket-{account_in_force()}")
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    needed={
        "Converse": ("messages",),
        "ConverseStream": ("messages",),
        "InvokeModel": ("body",),
        "InvokeModelWithResponseStream": ("body",),
    },
    without={"": (*NO_GUARDRAIL, "promptVariables", "outputConfig", "nextToken")},
    settings={
        "OUTCROP_CHAT_ROUTES": '{"*" = "script"}',
        "OUTCROP_CHAT_SCRIPTED": '{script = {rules = [{text = "Hello to you; goodbye."}]}}',
    },
)
