"""Images: manifests and their tags."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.services.direct import error_of

TYPE = "application/vnd.docker.distribution.manifest.v2+json"


def manifest(*sizes: int) -> str:
    layers = [{"digest": f"sha256:{number}", "size": size} for number, size in enumerate(sizes)]
    return json.dumps({"schemaVersion": 2, "mediaType": TYPE, "layers": layers})


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def ecr(client: Callable[..., Any]) -> Any:
    made = client("ecr")
    made.create_repository(repositoryName="app")
    return made


def test_an_image_is_found_by_tag_and_by_digest(ecr: Any) -> None:
    text = manifest(100, 20)
    put = ecr.put_image(repositoryName="app", imageManifest=text, imageTag="v1")["image"]

    answer = ecr.batch_get_image(
        repositoryName="app",
        imageIds=[{"imageTag": "v1"}, {"imageDigest": digest(text)}, {"imageTag": "v2"}],
    )
    [detail] = ecr.describe_images(repositoryName="app")["imageDetails"]

    assert put["imageId"] == {"imageDigest": digest(text), "imageTag": "v1"}
    assert [image["imageManifest"] for image in answer["images"]] == [text, text]
    assert answer["failures"] == [
        {
            "imageId": {"imageTag": "v2"},
            "failureCode": "ImageNotFound",
            "failureReason": "Requested image not found",
        }
    ]
    assert (detail["imageTags"], detail["imageSizeInBytes"]) == (["v1"], 120)


def test_a_digest_that_is_none_is_told_from_one_of_no_image(ecr: Any) -> None:
    digests = ["sha256:no-number", digest("another")]

    answer = ecr.batch_delete_image(
        repositoryName="app", imageIds=[{"imageDigest": each} for each in digests]
    )

    codes = [(each["imageId"]["imageDigest"], each["failureCode"]) for each in answer["failures"]]
    assert sorted(codes, key=lambda pair: digests.index(pair[0])) == [
        (digests[0], "InvalidImageDigest"),
        (digests[1], "ImageNotFound"),
    ]


def test_a_manifest_without_a_type_of_its_own_comes_with_one(ecr: Any) -> None:
    text = json.dumps({"schemaVersion": 2, "layers": []})
    kind = "application/vnd.oci.image.manifest.v1+json"

    refused = error_of(ecr.put_image, repositoryName="app", imageManifest=text, imageTag="v1")
    ecr.put_image(repositoryName="app", imageManifest=text, imageManifestMediaType=kind)

    [detail] = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "image manifest mediatype not provided in manifest or parameter",
    }
    assert detail["imageManifestMediaType"] == kind


def test_a_tag_moves_unless_tags_are_fixed(ecr: Any) -> None:
    first, second, third = manifest(1), manifest(2), manifest(3)
    ecr.put_image(repositoryName="app", imageManifest=first, imageTag="latest")
    ecr.put_image(repositoryName="app", imageManifest=second, imageTag="latest")
    again = error_of(ecr.put_image, repositoryName="app", imageManifest=second, imageTag="latest")
    ecr.put_image_tag_mutability(repositoryName="app", imageTagMutability="IMMUTABLE")
    fixed = error_of(ecr.put_image, repositoryName="app", imageManifest=third, imageTag="latest")

    tagged = ecr.list_images(repositoryName="app", filter={"tagStatus": "TAGGED"})["imageIds"]
    untagged = ecr.list_images(repositoryName="app", filter={"tagStatus": "UNTAGGED"})["imageIds"]
    assert tagged == [{"imageDigest": digest(second), "imageTag": "latest"}]
    assert untagged == [{"imageDigest": digest(first)}]
    assert again["Code"] == "ImageAlreadyExistsException"
    assert fixed["Code"] == "ImageTagAlreadyExistsException"


def test_an_image_goes_with_its_last_tag_or_by_digest(ecr: Any) -> None:
    text = manifest(1)
    ecr.put_image(repositoryName="app", imageManifest=text, imageTag="a")
    ecr.put_image(repositoryName="app", imageManifest=text, imageTag="b")

    one = ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "a"}])
    kept = ecr.list_images(repositoryName="app")["imageIds"]
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageDigest": digest(text)}])

    assert one["imageIds"] == [{"imageDigest": digest(text), "imageTag": "a"}]
    assert kept == [{"imageDigest": digest(text), "imageTag": "b"}]
    assert ecr.list_images(repositoryName="app")["imageIds"] == []


def test_a_repository_with_images_is_deleted_by_force_only(ecr: Any, account: str) -> None:
    ecr.put_image(repositoryName="app", imageManifest=manifest(1), imageTag="a")

    refused = error_of(ecr.delete_repository, repositoryName="app")
    ecr.delete_repository(repositoryName="app", force=True)
    ecr.create_repository(repositoryName="app")

    assert refused == {
        "Code": "RepositoryNotEmptyException",
        "Message": f"The repository with name 'app' in registry with id '{account}' cannot be"
        " deleted because it still contains images",
    }
    assert ecr.list_images(repositoryName="app")["imageIds"] == []


def test_an_unknown_image_is_told_by_its_ids(ecr: Any, account: str) -> None:
    refused = error_of(ecr.describe_images, repositoryName="app", imageIds=[{"imageTag": "none"}])

    assert refused == {
        "Code": "ImageNotFoundException",
        "Message": "The image with imageId {imageDigest:'null', imageTag:'none'} does not exist"
        f" within the repository with name 'app' in the registry with id '{account}'",
    }


def test_a_manifest_must_be_json_and_fit_its_digest(ecr: Any) -> None:
    broken = error_of(ecr.put_image, repositoryName="app", imageManifest="{")
    other = error_of(
        ecr.put_image, repositoryName="app", imageManifest=manifest(1), imageDigest="sha256:00"
    )

    assert broken["Code"] == "InvalidParameterException"
    assert other["Code"] == "ImageDigestDoesNotMatchException"
