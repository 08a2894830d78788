"""Repository policies and lifecycle policies: kept and given back, not enforced.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
"""

from outcrop.aws.policies import MalformedPolicyError, PolicyDocument
from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.services.ecr import shapes
from outcrop.services.ecr.places import find_repository
from outcrop.services.ecr.repositories import change_repository
from outcrop.storage.records.interface import Record


@operation("SetRepositoryPolicy")
async def set_repository_policy(
    call: Call, request: shapes.SetRepositoryPolicyRequest
) -> shapes.SetRepositoryPolicyResponse:
    """Keep a policy with a repository."""
    repository = await find_repository(call, request)
    try:
        PolicyDocument.parse(request["policyText"], kind="trust")
    except MalformedPolicyError as error:
        raise shapes.InvalidParameterException(
            "Invalid parameter at 'PolicyText' failed to satisfy constraint:"
            " 'Invalid repository policy provided'"
        ) from error
    await change_repository(call, repository, {"policy": request["policyText"]})
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "policyText": request["policyText"],
    }


@operation("GetRepositoryPolicy")
async def get_repository_policy(
    call: Call, request: shapes.GetRepositoryPolicyRequest
) -> shapes.GetRepositoryPolicyResponse:
    """Answer with a repository's policy."""
    repository = await find_repository(call, request)
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "policyText": _policy(call, repository),
    }


@operation("DeleteRepositoryPolicy")
async def delete_repository_policy(
    call: Call, request: shapes.DeleteRepositoryPolicyRequest
) -> shapes.DeleteRepositoryPolicyResponse:
    """Remove a repository's policy."""
    repository = await find_repository(call, request)
    text = _policy(call, repository)
    await change_repository(call, repository, {"policy": None})
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "policyText": text,
    }


@operation("PutLifecyclePolicy")
async def put_lifecycle_policy(
    call: Call, request: shapes.PutLifecyclePolicyRequest
) -> shapes.PutLifecyclePolicyResponse:
    """Keep a lifecycle policy with a repository; no image expires by it."""
    repository = await find_repository(call, request)
    text = request["lifecyclePolicyText"]
    try:
        has_rules = bool(read_json(text)["rules"])
    except (ValueError, KeyError, TypeError):
        has_rules = False
    if not has_rules:
        raise shapes.InvalidParameterException(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint:"
            " 'Lifecycle policy validation failure'"
        )
    await change_repository(call, repository, {"lifecycle": text})
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "lifecyclePolicyText": text,
    }


@operation("GetLifecyclePolicy")
async def get_lifecycle_policy(
    call: Call, request: shapes.GetLifecyclePolicyRequest
) -> shapes.GetLifecyclePolicyResponse:
    """Answer with a repository's lifecycle policy."""
    repository = await find_repository(call, request)
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "lifecyclePolicyText": _lifecycle(call, repository),
    }


@operation("DeleteLifecyclePolicy")
async def delete_lifecycle_policy(
    call: Call, request: shapes.DeleteLifecyclePolicyRequest
) -> shapes.DeleteLifecyclePolicyResponse:
    """Remove a repository's lifecycle policy."""
    repository = await find_repository(call, request)
    text = _lifecycle(call, repository)
    await change_repository(call, repository, {"lifecycle": None})
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "lifecyclePolicyText": text,
    }


def _policy(call: Call, repository: Record) -> str:
    text: str | None = repository.document.get("policy")
    if text is None:
        raise shapes.RepositoryPolicyNotFoundException(
            "Repository policy does not exist for the repository with name"
            f" '{repository.name}' in the registry with id '{call.account}'"
        )
    return text


def _lifecycle(call: Call, repository: Record) -> str:
    text: str | None = repository.document.get("lifecycle")
    if text is None:
        raise shapes.LifecyclePolicyNotFoundException(
            "Lifecycle policy does not exist for the repository with name"
            f" '{repository.name}' in the registry with id '{call.account}'"
        )
    return text
