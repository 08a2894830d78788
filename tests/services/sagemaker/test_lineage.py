"""Lineage through boto3: artifacts, contexts, actions, associations, and queries along them."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    return client("sagemaker")


def refused(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


class Story:
    """Raw data are cleaned, a model is trained of them and deployed at an endpoint."""

    def __init__(self, sagemaker: Any) -> None:
        self.sagemaker = sagemaker
        self.raw = self.artifact("raw", "DataSet")
        self.clean = self.artifact("clean", "DataSet", Properties={"rows": "40", "owner": "ada"})
        self.model = self.artifact("model", "Model")
        self.training = sagemaker.create_trial_component(TrialComponentName="training")[
            "TrialComponentArn"
        ]
        self.deploying = sagemaker.create_action(
            ActionName="deploying",
            ActionType="ModelDeployment",
            Source={"SourceUri": "s3://bucket/deploy"},
            Status="Completed",
        )["ActionArn"]
        self.endpoint = sagemaker.create_context(
            ContextName="endpoint", ContextType="Endpoint", Source={"SourceUri": "endpoint/churn"}
        )["ContextArn"]
        chain = (self.raw, self.clean, self.training, self.model, self.deploying, self.endpoint)
        for source, destination in pairwise(chain):
            sagemaker.add_association(
                SourceArn=source, DestinationArn=destination, AssociationType="ContributedTo"
            )
        self.chain = chain

    def artifact(self, name: str, artifact_type: str, **more: Any) -> str:
        arn: str = self.sagemaker.create_artifact(
            ArtifactName=name,
            ArtifactType=artifact_type,
            Source={"SourceUri": f"s3://bucket/{name}"},
            **more,
        )["ArtifactArn"]
        return arn

    def query(self, start: str, **request: Any) -> tuple[set[str], set[tuple[str, str]]]:
        answer = self.sagemaker.query_lineage(StartArns=[start], **request)
        edges = {(edge["SourceArn"], edge["DestinationArn"]) for edge in answer.get("Edges", [])}
        return {vertex["Arn"] for vertex in answer["Vertices"]}, edges


@pytest.fixture
def story(sagemaker: Any) -> Story:
    return Story(sagemaker)


def pairs(arns: Iterable[str]) -> set[tuple[str, str]]:
    return set(pairwise(arns))


def test_a_query_goes_up_and_down(story: Story) -> None:
    up = story.query(story.training, Direction="Ascendants")
    down = story.query(story.training, Direction="Descendants")
    both = story.query(story.training)

    assert up == (set(story.chain[:3]), pairs(story.chain[:3]))
    assert down == (set(story.chain[2:]), pairs(story.chain[2:]))
    assert both == (set(story.chain), pairs(story.chain))


def test_a_query_stops_at_its_depth(story: Story) -> None:
    assert story.query(story.model, MaxDepth=1) == (
        set(story.chain[2:5]),
        pairs(story.chain[2:5]),
    )


def test_filters_leave_what_matches_and_edges_the_way_to_it(story: Story) -> None:
    only = {"Types": ["DataSet"], "Properties": {"owner": "ada", "owner2": "eve"}}

    assert story.query(story.endpoint, Filters=only, IncludeEdges=False) == ({story.clean}, set())
    assert story.query(story.endpoint, Filters=only) == (
        set(story.chain[1:]),
        pairs(story.chain[1:]),
    )
    assert story.query(
        story.raw, Filters={"LineageTypes": ["Context", "Action"]}, IncludeEdges=False
    ) == ({story.deploying, story.endpoint}, set())


def test_a_query_ends_in_a_circle(story: Story) -> None:
    story.sagemaker.add_association(SourceArn=story.endpoint, DestinationArn=story.raw)

    vertices, edges = story.query(story.raw, Direction="Descendants")

    assert vertices == set(story.chain)
    assert edges == pairs(story.chain) | {(story.endpoint, story.raw)}


def test_pages_of_a_query_give_each_vertex_and_edge_once(story: Story) -> None:
    vertices: list[str] = []
    edges: list[tuple[str, str]] = []
    request: dict[str, Any] = {"StartArns": [story.clean], "MaxResults": 2}
    while True:
        answer = story.sagemaker.query_lineage(**request)
        vertices += [vertex["Arn"] for vertex in answer["Vertices"]]
        edges += [(edge["SourceArn"], edge["DestinationArn"]) for edge in answer["Edges"]]
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]

    assert sorted(vertices) == sorted(story.chain)
    assert sorted(edges) == sorted(pairs(story.chain))


def test_vertices_say_what_they_are(story: Story) -> None:
    answer = story.sagemaker.query_lineage(StartArns=[story.endpoint], MaxDepth=2)

    assert answer["Vertices"] == [
        {"Arn": story.endpoint, "Type": "Endpoint", "LineageType": "Context"},
        {"Arn": story.deploying, "Type": "ModelDeployment", "LineageType": "Action"},
        {"Arn": story.model, "Type": "Model", "LineageType": "Artifact"},
    ]


def test_associations_are_listed_by_their_ends(story: Story) -> None:
    def listed(**request: Any) -> list[tuple[str, str]]:
        answer = story.sagemaker.list_associations(**request)
        return [
            (one.get("SourceName", ""), one["DestinationName"])
            for one in answer["AssociationSummaries"]
        ]

    assert listed(SourceArn=story.raw) == [("raw", "clean")]
    assert listed(DestinationArn=story.model) == [("training", "model")]
    assert listed(SourceType="DataSet", SortBy="CreationTime", SortOrder="Ascending") == [
        ("raw", "clean"),
        ("clean", "training"),
    ]
    assert listed(AssociationType="Produced") == []


def test_one_source_is_one_artifact(story: Story) -> None:
    with pytest.raises(ClientError) as caught:
        story.artifact("raw", "Model")

    assert refused(caught) == (
        "ValidationException",
        f"Artifact with this source already exists: {story.raw}",
    )


def test_one_association_lies_between_two(story: Story) -> None:
    with pytest.raises(ClientError) as caught:
        story.sagemaker.add_association(SourceArn=story.raw, DestinationArn=story.clean)

    assert refused(caught) == (
        "ValidationException",
        f"Association between {story.raw} and {story.clean} already exists.",
    )


def test_only_what_is_there_can_be_associated(story: Story) -> None:
    nobody = story.endpoint.replace("endpoint", "nobody")

    with pytest.raises(ClientError) as caught:
        story.sagemaker.add_association(SourceArn=story.raw, DestinationArn=nobody)

    assert refused(caught) == ("ResourceNotFound", "Context 'nobody' does not exist.")


def test_what_is_associated_stays_until_it_is_not(story: Story) -> None:
    source = {"SourceUri": "s3://bucket/raw"}
    with pytest.raises(ClientError) as caught:
        story.sagemaker.delete_artifact(Source=source)

    story.sagemaker.delete_association(SourceArn=story.raw, DestinationArn=story.clean)
    deleted = story.sagemaker.delete_artifact(Source=source)

    assert refused(caught) == (
        "ValidationException",
        f"{story.raw} has associations: delete them first.",
    )
    assert deleted["ArtifactArn"] == story.raw


def test_an_artifact_is_told_with_its_changes(story: Story, account: str) -> None:
    story.sagemaker.update_artifact(
        ArtifactArn=story.clean,
        ArtifactName="cleaner",
        Properties={"rows": "39"},
        PropertiesToRemove=["owner"],
    )

    told = story.sagemaker.describe_artifact(ArtifactArn=story.clean)
    for name in ("CreationTime", "LastModifiedTime", "ResponseMetadata"):
        del told[name]
    group = f"arn:aws:sagemaker:us-east-1:{account}:lineage-group/sagemaker-default-lineage-group"
    assert told == {
        "ArtifactName": "cleaner",
        "ArtifactArn": story.clean,
        "ArtifactType": "DataSet",
        "Source": {"SourceUri": "s3://bucket/clean"},
        "Properties": {"rows": "39"},
        "CreatedBy": {},
        "LastModifiedBy": {},
        "LineageGroupArn": group,
    }
    (listed,) = story.sagemaker.list_lineage_groups()["LineageGroupSummaries"]
    assert listed["LineageGroupArn"] == group


def test_entities_are_listed_by_type_and_source(story: Story) -> None:
    def names(answer: dict[str, Any], kind: str) -> list[str]:
        return [one[f"{kind}Name"] for one in answer[f"{kind}Summaries"]]

    list_artifacts = story.sagemaker.list_artifacts
    assert names(list_artifacts(ArtifactType="DataSet"), "Artifact") == ["clean", "raw"]
    assert names(list_artifacts(SourceUri="s3://bucket/model"), "Artifact") == ["model"]
    assert names(story.sagemaker.list_actions(ActionType="other"), "Action") == []
    assert names(story.sagemaker.list_contexts(ContextType="Endpoint"), "Context") == ["endpoint"]
