"""The projects of Custom Labels, and their tags."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

NOWHERE = "arn:aws:rekognition:us-east-1:123456789012:project/none/1"


@pytest.fixture
def rekognition(client: Callable[..., Any]) -> Any:
    return client("rekognition")


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return caught.value.response["Error"]["Code"]


def test_a_project_is_described_until_it_is_deleted(rekognition: Any, account: str):
    arn = rekognition.create_project(ProjectName="cats")["ProjectArn"]

    (told,) = rekognition.describe_projects()["ProjectDescriptions"]
    gone = rekognition.delete_project(ProjectArn=arn)

    assert arn.startswith(f"arn:aws:rekognition:us-east-1:{account}:project/cats/")
    assert {name: told[name] for name in ("ProjectArn", "Status", "Feature", "Datasets")} == {
        "ProjectArn": arn,
        "Status": "CREATED",
        "Feature": "CUSTOM_LABELS",
        "Datasets": [],
    }
    assert gone["Status"] == "DELETING"
    assert rekognition.describe_projects()["ProjectDescriptions"] == []
    with pytest.raises(ClientError) as caught:
        rekognition.delete_project(ProjectArn=arn)
    assert code(caught) == "ResourceNotFoundException"


def test_names_are_taken_once(rekognition: Any):
    rekognition.create_project(ProjectName="cats")

    with pytest.raises(ClientError) as caught:
        rekognition.create_project(ProjectName="cats")

    assert code(caught) == "ResourceInUseException"


def test_a_project_that_was_made_anew_has_another_arn(rekognition: Any):
    first = rekognition.create_project(ProjectName="cats")["ProjectArn"]
    rekognition.delete_project(ProjectArn=first)
    second = rekognition.create_project(ProjectName="cats")["ProjectArn"]

    with pytest.raises(ClientError) as caught:
        rekognition.delete_project(ProjectArn=first)

    assert first != second
    assert code(caught) == "ResourceNotFoundException"


def test_projects_are_listed_by_name_feature_and_page(rekognition: Any):
    arns = [rekognition.create_project(ProjectName=name)["ProjectArn"] for name in ("a", "b", "c")]

    def listed(**filters: Any) -> list[str]:
        pages = rekognition.get_paginator("describe_projects").paginate(
            PaginationConfig={"PageSize": 2}, **filters
        )
        return [each["ProjectArn"] for page in pages for each in page["ProjectDescriptions"]]

    assert listed() == arns
    assert listed(ProjectNames=["c", "a", "z"]) == [arns[0], arns[2]]
    assert listed(Features=["CONTENT_MODERATION"]) == []


def test_adapters_are_refused_and_say_so(rekognition: Any):
    with pytest.raises(ClientError) as caught:
        rekognition.create_project(ProjectName="safe", Feature="CONTENT_MODERATION")

    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Adapters for content moderation cannot be trained here: leave Feature out.",
    }


def test_a_project_with_a_dataset_stays(rekognition: Any):
    arn = rekognition.create_project(ProjectName="cats")["ProjectArn"]
    dataset = rekognition.create_dataset(ProjectArn=arn, DatasetType="TRAIN")["DatasetArn"]

    with pytest.raises(ClientError) as caught:
        rekognition.delete_project(ProjectArn=arn)
    rekognition.delete_dataset(DatasetArn=dataset)

    assert code(caught) == "ResourceInUseException"
    assert rekognition.delete_project(ProjectArn=arn)["Status"] == "DELETING"


def test_projects_and_datasets_have_tags(rekognition: Any):
    given = {"ProjectName": "dataset", "Tags": {"team": "blue"}}
    project = rekognition.create_project(**given)["ProjectArn"]
    dataset = rekognition.create_dataset(
        ProjectArn=project, DatasetType="TEST", Tags={"stage": "one"}
    )["DatasetArn"]

    rekognition.tag_resource(ResourceArn=dataset, Tags={"stage": "two", "more": "yes"})
    rekognition.untag_resource(ResourceArn=project, TagKeys=["team"])

    assert rekognition.list_tags_for_resource(ResourceArn=dataset)["Tags"] == {
        "stage": "two",
        "more": "yes",
    }
    assert rekognition.list_tags_for_resource(ResourceArn=project)["Tags"] == {}
    with pytest.raises(ClientError) as caught:
        rekognition.list_tags_for_resource(ResourceArn=NOWHERE)
    assert code(caught) == "ResourceNotFoundException"
