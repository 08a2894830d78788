"""A repository with an image, policies and tags."""

import json
from collections.abc import Mapping
from typing import Any

from conformance.policy_documents import resource_permission
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


def values(account: str) -> Mapping[str, Any]:
    """Return names and documents."""
    rule = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "untagged",
            "countType": "imageCountMoreThan",
            "countNumber": 5,
        },
        "action": {"type": "expire"},
    }
    layer = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 3}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 2,
            "digest": f"sha256:{'a' * 64}",
        },
        "layers": [{**layer, "digest": f"sha256:{'b' * 64}"}],
    }
    return {
        "acceptedMediaTypes": [MANIFEST_TYPE],
        "encryptionConfiguration": {"encryptionType": "AES256"},
        "imageIds": [{"imageTag": "latest"}],
        "imageManifest": json.dumps(manifest),
        "imageManifestMediaType": MANIFEST_TYPE,
        "imageTag": "latest",
        "lifecyclePolicyText": json.dumps({"rules": [rule]}),
        "policyText": resource_permission(account, "ecr:BatchGetImage"),
        "registryId": account,
        "registryIds": [account],
        "repositoryName": "repository",
        "repositoryNames": ["repository"],
        "tagKeys": ["team"],
        "tags": [{"Key": "team", "Value": "blue"}],
    }


RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers={
            "repositoryName": Maker("CreateRepository"),
            "resourceArn": Maker("CreateRepository", "repository.repositoryArn"),
            "repositoryNames": Maker("CreateRepository"),
            "imageIds": Maker("PutImage"),
        },
        before={
            "DeleteLifecyclePolicy": ("PutLifecyclePolicy",),
            "DeleteRepositoryPolicy": ("SetRepositoryPolicy",),
            "GetLifecyclePolicy": ("PutLifecyclePolicy",),
            "GetRepositoryPolicy": ("SetRepositoryPolicy",),
            "ListImages": ("PutImage",),
            "ListTagsForResource": ("TagResource",),
            "UntagResource": ("TagResource",),
        },
        needed={"PutImage": ("imageTag", "imageManifestMediaType")},
    ),
    needed={"PutImage": ("imageTag",)},
    without={"": ("nextToken", "imageDigest")},
)
