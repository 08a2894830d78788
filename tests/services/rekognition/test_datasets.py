"""The datasets of Custom Labels: from manifests, from others, by lines; and wrong ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.rekognition.manifests import boxes, entries, label, line, manifest, settled


@pytest.fixture
def rekognition(client: Callable[..., Any]) -> Any:
    return client("rekognition")


@pytest.fixture
def project(rekognition: Any) -> str:
    return rekognition.create_project(ProjectName="cats")["ProjectArn"]


@pytest.fixture
def put(client: Callable[..., Any], account: str) -> Callable[[bytes], Any]:
    """Stores a manifest and returns the source of datasets that it is."""
    s3, bucket = client("s3"), f"images-{account}"
    s3.create_bucket(Bucket=bucket)

    def store(content: bytes) -> Any:
        s3.put_object(Bucket=bucket, Key="a.manifest", Body=content)
        return {"GroundTruthManifest": {"S3Object": {"Bucket": bucket, "Name": "a.manifest"}}}

    return store


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return caught.value.response["Error"]["Code"]


def created(rekognition: Any, project: str, source: Any = None, kind: str = "TRAIN") -> str:
    given = {"DatasetSource": source} if source else {}
    arn = rekognition.create_dataset(ProjectArn=project, DatasetType=kind, **given)["DatasetArn"]
    settled(rekognition, arn)
    return arn


def of_labels(*names: str) -> bytes:
    return manifest(
        *(line(f"s3://images/{at:03}.png", label(name)) for at, name in enumerate(names))
    )


def test_a_manifest_becomes_a_dataset(rekognition: Any, project: str, put: Callable[..., Any]):
    source = put(
        manifest(
            line("s3://images/a.png", label("cat"), label("indoors", attribute="place")),
            line("s3://images/b.png", label("dog")),
            line("s3://images/c.png", boxes("cat", "cat")),
            line("s3://images/d.png"),
        )
    )
    arn = created(rekognition, project, source)

    told = settled(rekognition, arn)
    labels = rekognition.list_dataset_labels(DatasetArn=arn)["DatasetLabelDescriptions"]

    assert (told["Status"], told["StatusMessageCode"]) == ("CREATE_COMPLETE", "SUCCESS")
    assert told["DatasetStats"] == {
        "LabeledEntries": 3,
        "TotalEntries": 4,
        "TotalLabels": 3,
        "ErrorEntries": 0,
    }
    assert labels == [
        {"LabelName": "cat", "LabelStats": {"EntryCount": 2, "BoundingBoxCount": 2}},
        {"LabelName": "dog", "LabelStats": {"EntryCount": 1, "BoundingBoxCount": 0}},
        {"LabelName": "indoors", "LabelStats": {"EntryCount": 1, "BoundingBoxCount": 0}},
    ]
    first, *_, last = entries(rekognition, arn)
    assert first == {
        **line("s3://images/a.png", label("cat"), label("indoors", attribute="place")),
        "cl-metadata": {"is_labeled": True},
    }
    assert last["cl-metadata"] == {"is_labeled": False}
    (described,) = rekognition.describe_projects()["ProjectDescriptions"]
    (known,) = described["Datasets"]
    assert (known["DatasetArn"], known["DatasetType"]) == (arn, "TRAIN")


def test_entries_are_listed_by_filters_and_pages(
    rekognition: Any, project: str, put: Callable[..., Any]
):
    source = put(
        manifest(
            line("s3://images/a/1.png", label("cat")),
            line("s3://images/a/2.png", label("dog")),
            line("s3://images/b/3.png"),
            line("s3://images/b/4.png", label("dog", **{"human-annotated": "perhaps"})),
        )
    )
    arn = created(rekognition, project, source)

    def found(**filters: Any) -> str:
        return "".join(each["source-ref"][-5] for each in entries(rekognition, arn, **filters))

    assert found(ContainsLabels=["cat", "bird"]) == "1"
    assert (found(Labeled=True), found(Labeled=False)) == ("12", "34")
    assert found(SourceRefContains="images/b/") == "34"
    assert (found(HasErrors=True), found(HasErrors=False)) == ("4", "1234")
    assert found(PaginationConfig={"PageSize": 1}) == "1234"


def test_lines_that_are_wrong_are_kept_with_what_is_wrong(
    rekognition: Any, project: str, put: Callable[..., Any]
):
    source = put(
        manifest(
            line("s3://images/1.png", {"kind": 1}),
            line("s3://images/2.png", label("cat", confidence="much")),
            line("s3://images/3.png", label("cat"), {"kind": "one"}),
            line("s3://images/4.png", label("cat", type="groundtruth/text-classification")),
            line("s3://images/5.png", boxes("cat", left=-5)),
            line("s3://images/6.png", boxes("cat", left=600)),
        )
    )
    arn = created(rekognition, project, source)

    one, two, three, four, five, six = entries(rekognition, arn, HasErrors=True)

    assert one["errors"] == [
        {"code": "ERROR_NO_LABEL_ATTRIBUTES", "message": "No label attributes found."}
    ]
    assert two["kind-metadata"]["errors"] == [
        {
            "code": "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",
            "message": "The format of the label attribute metadata is invalid.",
        }
    ]
    assert three["kind-metadata"]["errors"] == [
        {
            "code": "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
            "message": "The format of the label attribute kind is invalid.",
        }
    ]
    assert [each["code"] for each in four["errors"]] == ["ERROR_NO_VALID_LABEL_ATTRIBUTES"]
    for wrong in (five, six):
        (box,) = wrong["box"]["annotations"]
        assert [each["code"] for each in box["errors"]] == ["ERROR_INVALID_BOUNDING_BOX"]
        assert [each["code"] for each in wrong["box"]["errors"]] == ["ERROR_NO_VALID_ANNOTATIONS"]
    stats = settled(rekognition, arn)["DatasetStats"]
    assert (stats["ErrorEntries"], stats["LabeledEntries"]) == (6, 0)


def test_few_broken_lines_are_left_out(rekognition: Any, project: str, put: Callable[..., Any]):
    broken = [
        "{no json",
        json.dumps({"sourceref": "s3://images/x.png"}),
        json.dumps({"source-ref": "https://images/x.png"}),
        json.dumps(line("s3://images/000.png", label("bird"))),  # a second time
        '{"source-ref": "s3://images/y.png", "kind": 1e999}',
        '{"source-ref": "s3://images/z.png", "kind": "\\ud800"}',
        "x" * 1_000_000,  # three lines, as it is read
    ]
    arn = created(rekognition, project, put(of_labels(*["cat"] * 40) + manifest(*broken)))

    told = settled(rekognition, arn)

    assert told["Status"] == "CREATE_COMPLETE"
    assert told["DatasetStats"]["TotalEntries"] == 40


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The manifest file is empty."),
        (b"\x00\xff" * 1000, "The manifest file has too many terminal errors."),
        (
            of_labels("cat", "cat", "cat") + b"{\n",
            "The manifest file has too many terminal errors.",
        ),
        (of_labels(*map(str, range(251))), "The manifest file has too many labels."),
        (b'{"source-ref":' + b"[" * 50_000, "The manifest file has too many terminal errors."),
    ],
    ids=["empty", "no text", "a quarter broken", "251 labels", "deep"],
)
def test_what_is_no_manifest_fails_with_a_reason(
    rekognition: Any, project: str, put: Callable[..., Any], content: bytes, message: str
):
    arn = created(rekognition, project, put(content))

    told = settled(rekognition, arn)

    assert told["Status"] == "CREATE_FAILED"
    assert (told["StatusMessage"], told["StatusMessageCode"]) == (message, "CLIENT_ERROR")
    with pytest.raises(ClientError) as caught:
        rekognition.list_dataset_entries(DatasetArn=arn)
    assert code(caught) == "ResourceNotReadyException"


def test_lines_of_a_request_add_images_and_change_others(rekognition: Any, project: str):
    arn = created(rekognition, project)
    assert settled(rekognition, arn)["DatasetStats"]["TotalEntries"] == 0

    for content in (of_labels("cat", "cat"), of_labels("dog", "cat", "cat")):
        rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": content})
        told = settled(rekognition, arn)
        assert told["Status"] == "UPDATE_COMPLETE"

    assert told["DatasetStats"] == {
        "LabeledEntries": 3,
        "TotalEntries": 3,
        "TotalLabels": 2,
        "ErrorEntries": 0,
    }
    assert [each["kind-metadata"]["class-name"] for each in entries(rekognition, arn)] == [
        "dog",
        "cat",
        "cat",
    ]


def test_an_update_that_fails_changes_nothing(rekognition: Any, project: str):
    arn = created(rekognition, project)
    rekognition.update_dataset_entries(
        DatasetArn=arn, Changes={"GroundTruth": of_labels("cat", "dog")}
    )
    before = settled(rekognition, arn)["DatasetStats"]

    rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": b"{\n{\n{\n"})
    told = settled(rekognition, arn)

    assert told["Status"] == "UPDATE_FAILED"
    assert told["StatusMessage"] == "The manifest file has too many terminal errors."
    assert told["DatasetStats"] == before
    assert len(entries(rekognition, arn)) == 2


def test_a_dataset_is_copied_to_another_project(
    rekognition: Any, project: str, put: Callable[..., Any]
):
    first = created(rekognition, project, put(of_labels("cat", "dog")))
    other = rekognition.create_project(ProjectName="more")["ProjectArn"]

    copy = created(rekognition, other, {"DatasetArn": first}, kind="TEST")
    rekognition.delete_dataset(DatasetArn=first)

    assert "/dataset/test/" in copy
    assert len(entries(rekognition, copy)) == 2
    with pytest.raises(ClientError) as caught:
        rekognition.list_dataset_entries(DatasetArn=first)
    assert code(caught) == "ResourceNotFoundException"


def test_a_fifth_of_each_label_is_moved_to_the_tests(
    rekognition: Any, project: str, put: Callable[..., Any]
):
    train = created(rekognition, project, put(of_labels(*["cat"] * 20, *["dog"] * 10)))
    test = created(rekognition, project, kind="TEST")

    rekognition.distribute_dataset_entries(Datasets=[{"Arn": test}, {"Arn": train}])
    statuses = [settled(rekognition, arn)["Status"] for arn in (train, test)]

    def counts(arn: str) -> dict[str, int]:
        told = rekognition.list_dataset_labels(DatasetArn=arn)["DatasetLabelDescriptions"]
        return {each["LabelName"]: each["LabelStats"]["EntryCount"] for each in told}

    assert statuses == ["UPDATE_COMPLETE", "UPDATE_COMPLETE"]
    assert (counts(train), counts(test)) == ({"cat": 16, "dog": 8}, {"cat": 4, "dog": 2})
    sources = [{each["source-ref"] for each in entries(rekognition, arn)} for arn in (train, test)]
    assert sources[0].isdisjoint(sources[1])
    with pytest.raises(ClientError) as caught:
        rekognition.distribute_dataset_entries(Datasets=[{"Arn": train}, {"Arn": test}])
    assert code(caught) == "InvalidParameterException"


def test_a_label_with_one_image_cannot_be_distributed(
    rekognition: Any, project: str, put: Callable[..., Any]
):
    train = created(rekognition, project, put(of_labels("cat", "cat", "dog")))
    test = created(rekognition, project, kind="TEST")

    rekognition.distribute_dataset_entries(Datasets=[{"Arn": train}, {"Arn": test}])

    for arn in (train, test):
        told = settled(rekognition, arn)
        assert (told["Status"], told["StatusMessage"]) == (
            "UPDATE_FAILED",
            "The manifest file doesn't have enough labeled images to distribute the dataset.",
        )
    assert len(entries(rekognition, train)) == 3


def test_what_cannot_be_is_refused(rekognition: Any, project: str, put: Callable[..., Any]):
    source = put(of_labels("cat", "dog"))
    arn = created(rekognition, project, source)
    place = source["GroundTruthManifest"]["S3Object"]
    missing = {"GroundTruthManifest": {"S3Object": {**place, "Name": "none"}}}

    with pytest.raises(ClientError) as again:
        rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN")
    with pytest.raises(ClientError) as nothing:
        rekognition.create_dataset(ProjectArn=project, DatasetType="TEST", DatasetSource=missing)
    with pytest.raises(ClientError) as both:
        rekognition.create_dataset(
            ProjectArn=project, DatasetType="TEST", DatasetSource={**source, "DatasetArn": arn}
        )
    with pytest.raises(ClientError) as alone:
        rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn}, {"Arn": arn}])

    assert code(again) == "ResourceAlreadyExistsException"
    assert code(nothing) == "InvalidS3ObjectException"
    assert code(both) == "InvalidParameterException"
    assert code(alone) == "InvalidParameterException"


def test_a_dataset_is_filled_though_the_server_is_killed(tmp_path: Path):
    server = LocalServer(tmp_path)
    with server.running():
        rekognition = client_of(server, "rekognition")
        project = rekognition.create_project(ProjectName="cats")["ProjectArn"]
        arn = rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN")["DatasetArn"]
        content = of_labels(*["cat", "dog"] * 1000)
        rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": content})
        server.kill()
    with server.running():
        told = settled(client_of(server, "rekognition"), arn)

    assert told["Status"] == "UPDATE_COMPLETE"
    assert told["DatasetStats"]["TotalEntries"] == 2_000
