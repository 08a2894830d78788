"""A bucket and a log group, and one resource of each kind."""

import hashlib
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
ARN = "arn:aws:bedrock:us-east-1::foundation-model"
NEED_A_BUCKET = ("CreateModelInvocationJob", "PutModelInvocationLoggingConfiguration")


def values(account: str) -> Mapping[str, Any]:
    """Return identifiers, and configurations that do not contradict themselves."""
    bucket = f"bucket-{account}"
    role = f"arn:aws:iam::{account}:role/role"
    llama = {"modelArn": f"{ARN}/meta.llama3-1-8b-instruct-v1:0"}
    larger = {"modelArn": f"{ARN}/meta.llama3-1-70b-instruct-v1:0"}
    strengths = {"inputStrength": "HIGH", "outputStrength": "NONE"}
    return {
        "contentPolicyConfig": {"filtersConfig": [{"type": "PROMPT_ATTACK", **strengths}]},
        "contextualGroundingPolicyConfig": {
            "filtersConfig": [{"type": "GROUNDING", "threshold": 0.5}]
        },
        "crossRegionConfig": {"guardrailProfileIdentifier": "us.guardrail.v1:0"},
        "desiredModelId": f"{MODEL}:200k",
        "fallbackModel": larger,
        "guardrailVersion": "1",
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/in.jsonl"}},
        "kmsKeyId": "01234567-89ab-cdef-0123-456789abcdef",
        "loggingConfig": {
            "s3Config": {"bucketName": bucket},
            "cloudWatchConfig": {"logGroupName": "group", "roleArn": role},
        },
        "modelId": MODEL,
        "modelIdentifier": MODEL,
        "models": [llama, larger],
        "modelSource": {"copyFrom": f"{ARN}/{MODEL}"},
        "offerToken": hashlib.sha256(f"{account}\0{MODEL}".encode()).hexdigest(),
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/out"}},
        "roleArn": role,
        "sensitiveInformationPolicyConfig": {
            "piiEntitiesConfig": [{"type": "EMAIL", "action": "BLOCK"}],
            "regexesConfig": [{"name": "id", "pattern": "[0-9]+", "action": "ANONYMIZE"}],
        },
        "topicPolicyConfig": {
            "topicsConfig": [{"name": "Stocks", "definition": "Advice", "type": "DENY"}]
        },
        "tagKeys": ["team"],
        "tags": [{"key": "team", "value": "blue"}],
    }


STEPS = Steps(
    values=values,
    makers={
        "guardrailIdentifier": Maker("CreateGuardrail", "guardrailId"),
        "guardrailVersion": Maker("CreateGuardrailVersion"),
        "inferenceProfileIdentifier": Maker("CreateInferenceProfile", "inferenceProfileArn"),
        "jobIdentifier": Maker("CreateModelInvocationJob", "jobArn"),
        "offerToken": Maker("ListFoundationModelAgreementOffers", "offers.0.offerToken"),
        "promptRouterArn": Maker("CreatePromptRouter", "promptRouterArn"),
        "provisionedModelId": Maker("CreateProvisionedModelThroughput", "provisionedModelArn"),
        "resourceARN": Maker("CreateGuardrail", "guardrailArn"),
    },
    before={
        "DeleteFoundationModelAgreement": ("CreateFoundationModelAgreement",),
        "GetUseCaseForModelAccess": ("PutUseCaseForModelAccess",),
        "ListGuardrails": ("CreateGuardrail",),
        "ListInferenceProfiles": ("CreateInferenceProfile",),
        "ListModelInvocationJobs": ("CreateModelInvocationJob",),
        "ListProvisionedModelThroughputs": ("CreateProvisionedModelThroughput",),
    },
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make what the operation needs, and where jobs and logs write."""
    of_jobs = operation.endswith(("InvocationJob", "InvocationJobs"))
    if of_jobs or operation in NEED_A_BUCKET:
        made: Any = values(account_in_force())["loggingConfig"]
        client.of("s3").ask("CreateBucket", Bucket=made["s3Config"]["bucketName"])
        client.of("logs").ask("CreateLogGroup", logGroupName="group")
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    without={"": ("nextToken", "automatedReasoningPolicyConfig")},
    tolerated=(
        # AWS's own names of models and profiles, and its profiles across all Regions.
        r"modelName: \d+ characters, more than 20",
        r"inferenceProfileName: '.*' does not match",
        r"modelArn: 'arn:aws:bedrock:::foundation-model/.*' does not match",
        r"description: 'Routes requests to .*' does not match",
        # A router's ARN as it is invoked and tagged by.
        r"promptRouterArn: '.*:prompt-router/.*' does not match",
        r"inputModalities\[\d+\]: '(VIDEO|SPEECH)' is none of",
        r"inferenceTypesSupported\[\d+\]: 'INFERENCE_PROFILE' is none of",
        r"\.models: \d items, more than 5",
    ),
)
