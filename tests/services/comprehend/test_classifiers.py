"""Classifiers are trained of labelled texts in S3, tell how good they are, and classify."""

import io
import json
import tarfile
from collections.abc import Sequence
from typing import Any

import pytest

from tests.services.comprehend.conftest import ROLE, written
from tests.services.comprehend.subjects import messages, two_subjects
from tests.services.comprehend.training import classifier, create, table
from tests.services.direct import error_of

UNSEEN = {
    "en": {
        "The bank took the fee from my account two times.": "BILLING",
        "My package is still somewhere in the warehouse.": "SHIPPING",
        "The program freezes and shows an error.": "TECHNICAL",
        "You are all fantastic, thanks for everything!": "PRAISE",
    },
    "fr": {
        "La banque a prélevé les frais deux fois sur mon compte.": "BILLING",
        "Mon paquet est toujours quelque part à l'entrepôt.": "SHIPPING",
        "Le programme se fige et affiche une erreur.": "TECHNICAL",
        "Vous êtes tous fantastiques, merci pour tout !": "PRAISE",
    },
}
LABELS = ["BILLING", "PRAISE", "SHIPPING", "TECHNICAL"]


def confusion_of(s3: Any, uri: str) -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(written(s3, uri)), mode="r:gz") as archive:
        member = archive.extractfile("output/confusion_matrix.json")
        assert member is not None
        confusion: dict[str, Any] = json.load(member)
        return confusion


@pytest.fixture
def tiny(comprehend: Any, s3: Any, bucket: str) -> str:
    """A trained classifier of two labels: its ARN."""
    s3.put_object(Bucket=bucket, Key="in/tiny.csv", Body=table(two_subjects(10)))
    arn = create(comprehend, "tiny", f"s3://{bucket}/in/tiny.csv")
    assert classifier(comprehend, arn)["Status"] == "TRAINED"
    return arn


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_classifier_learns_subjects_and_answers_at_an_endpoint(
    comprehend: Any, s3: Any, bucket: str, account: str, language: str
):
    rows = [row for at, row in enumerate(messages(language)) if at % 3]
    s3.put_object(Bucket=bucket, Key="in/one.csv", Body=table(rows[::2]))
    s3.put_object(Bucket=bucket, Key="in/two.csv", Body=table(rows[1::2]))

    arn = create(
        comprehend,
        "subjects",
        f"s3://{bucket}/in/",
        LanguageCode=language,
        OutputDataConfig={"S3Uri": f"s3://{bucket}/models/"},
    )
    model = classifier(comprehend, arn)

    assert model["Status"] == "TRAINED", model
    assert arn == f"arn:aws:comprehend:us-east-1:{account}:document-classifier/subjects"
    assert model["InputDataConfig"]["DataFormat"] == "COMPREHEND_CSV"
    metadata = model["ClassifierMetadata"]
    metrics = metadata["EvaluationMetrics"]
    assert (
        metadata["NumberOfLabels"],
        metadata["NumberOfTrainedDocuments"],
        metadata["NumberOfTestDocuments"],
    ) == (4, 64, 16)
    assert metrics["Accuracy"] >= 0.8
    assert metrics["HammingLoss"] == pytest.approx(1 - metrics["Accuracy"])
    assert metrics["MicroF1Score"] == pytest.approx(metrics["Accuracy"])

    uri = model["OutputDataConfig"]["S3Uri"]
    assert uri.startswith(f"s3://{bucket}/models/{account}-CLR-")
    confusion = confusion_of(s3, uri)
    matrix = confusion["confusion_matrix"]
    assert (confusion["type"], confusion["labels"], confusion["all_labels"]) == (
        "multi_class",
        LABELS,
        LABELS,
    )
    right = sum(matrix[at][at] for at in range(4))
    assert right / sum(map(sum, matrix)) == pytest.approx(metrics["Accuracy"])
    assert [sum(row) for row in matrix] == [4, 4, 4, 4]

    endpoint = comprehend.create_endpoint(
        EndpointName="live", ModelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    answers = {
        text: comprehend.classify_document(Text=text, EndpointArn=endpoint)["Classes"]
        for text in UNSEEN[language]
    }
    assert {text: classes[0]["Name"] for text, classes in answers.items()} == UNSEEN[language]
    for classes in answers.values():
        assert sorted(one["Name"] for one in classes) == LABELS
        assert sum(one["Score"] for one in classes) == pytest.approx(1, abs=1e-4)


def test_labels_need_not_exclude_one_another(comprehend: Any, s3: Any, bucket: str):
    def rows(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return texts of one label, and pairs of them with both of theirs."""
        half = len(texts) // 2
        pairs = zip(texts[:half], texts[half:], strict=True)
        return [*texts, *((f"{a}~{b}", f"{one} {two}") for (a, one), (b, two) in pairs)]

    learned, tested = two_subjects(12), rows(two_subjects(16)[12:16] + two_subjects(16)[28:])
    s3.put_object(Bucket=bucket, Key="in/train.csv", Body=table(rows(learned)))
    s3.put_object(Bucket=bucket, Key="in/test.csv", Body=table(tested))

    arn = create(
        comprehend,
        "several",
        f"s3://{bucket}/in/train.csv",
        Mode="MULTI_LABEL",
        config={"TestS3Uri": f"s3://{bucket}/in/test.csv", "LabelDelimiter": "~"},
        OutputDataConfig={"S3Uri": f"s3://{bucket}"},
    )
    model = classifier(comprehend, arn)

    metadata = model["ClassifierMetadata"]
    metrics = metadata["EvaluationMetrics"]
    assert (metadata["NumberOfTrainedDocuments"], metadata["NumberOfTestDocuments"]) == (36, 12)
    assert metrics["MicroF1Score"] >= 0.8
    confusion = confusion_of(s3, model["OutputDataConfig"]["S3Uri"])
    assert (confusion["type"], confusion["labels"]) == ("multi_label", ["PRAISE", "SHIPPING"])
    assert [sum(map(sum, matrix)) for matrix in confusion["confusion_matrix"]] == [12, 12]
    assert [sum(matrix[1]) for matrix in confusion["confusion_matrix"]] == [8, 8]

    endpoint = comprehend.create_endpoint(
        EndpointName="several", ModelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    text = "Thank you so much, everybody was kind. But the parcel has not arrived at the depot."
    answer = comprehend.classify_document(Text=text, EndpointArn=endpoint)
    assert {one["Name"] for one in answer["Labels"] if one["Score"] >= 0.5} == {
        "PRAISE",
        "SHIPPING",
    }
    assert "Classes" not in answer


def test_manifests_of_labelling_jobs_are_read(comprehend: Any, s3: Any, bucket: str):
    def lines(rows: Sequence[tuple[str, str]]) -> bytes:
        entries = [
            {"source": text, "job": 0, "job-metadata": {"class-name": label, "confidence": 0.9}}
            for label, text in rows
        ]
        return "\n".join(map(json.dumps, entries)).encode()

    rows = two_subjects(14)
    s3.put_object(Bucket=bucket, Key="train.manifest", Body=lines(rows[:12] + rows[14:26]))
    s3.put_object(Bucket=bucket, Key="test.manifest", Body=lines(rows[12:14] + rows[26:]))

    arn = comprehend.create_document_classifier(
        DocumentClassifierName="labelled",
        VersionName="v1",
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
        InputDataConfig={
            "DataFormat": "AUGMENTED_MANIFEST",
            "AugmentedManifests": [
                {"S3Uri": f"s3://{bucket}/{name}.manifest", "AttributeNames": ["job"], **split}
                for name, split in (("train", {}), ("test", {"Split": "TEST"}))
            ],
        },
    )["DocumentClassifierArn"]
    model = classifier(comprehend, arn)

    assert (model["Status"], model["VersionName"]) == ("TRAINED", "v1")
    assert arn.endswith(":document-classifier/labelled/version/v1")
    metadata = model["ClassifierMetadata"]
    assert (metadata["NumberOfTrainedDocuments"], metadata["NumberOfTestDocuments"]) == (24, 4)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            table(two_subjects(9)),
            "The label PRAISE has 9 documents to train of; it takes at least 10 of each label.",
        ),
        (
            table([("PRAISE", f"Great {at}") for at in range(20)]),
            "The documents have fewer than two different labels.",
        ),
        (
            b"PRAISE,Great, really\n",
            "in.csv, row 1 has 3 columns, not a label and a document. Put documents with commas in"
            " quotation marks.",
        ),
        (b"PRAISE,Great\n,Good\n", "in.csv, row 2 has no label."),
        (b"PRAISE, \n", "in.csv, row 1 has no document."),
        (
            "PRAISE,Très bien\n".encode("latin-1"),
            "in.csv is no text in UTF-8: 'utf-8' codec can't decode byte 0xe8 in position 9:"
            " invalid continuation byte.",
        ),
    ],
)
def test_a_training_fails_and_says_why(
    comprehend: Any, s3: Any, bucket: str, body: bytes, message: str
):
    s3.put_object(Bucket=bucket, Key="in.csv", Body=body)

    arn = create(
        comprehend, "poor", f"s3://{bucket}/in.csv", OutputDataConfig={"S3Uri": f"s3://{bucket}/o"}
    )
    model = classifier(comprehend, arn)

    assert (model["Status"], model["Message"]) == ("IN_ERROR", message)
    assert "ClassifierMetadata" not in model
    assert s3.list_objects_v2(Bucket=bucket, Prefix="o")["KeyCount"] == 0
    assert error_of(
        comprehend.create_endpoint, EndpointName="e", ModelArn=arn, DesiredInferenceUnits=1
    ) == {
        "Code": "ResourceUnavailableException",
        "Message": f"The model {arn} is IN_ERROR: only models that are TRAINED can be used.",
    }


def test_a_training_without_its_data_fails(comprehend: Any, account: str):
    arn = create(comprehend, "nothing", f"s3://nowhere-{account}/in.csv")

    model = classifier(comprehend, arn)

    assert model["Status"] == "IN_ERROR"
    assert model["Message"].startswith("NO_READ_ACCESS_TO_INPUT: ")


def test_names_are_taken_once_and_tokens_count_once(comprehend: Any, bucket: str):
    uri = f"s3://{bucket}/in.csv"

    first = create(comprehend, "one", uri, ClientRequestToken="t")
    again = create(comprehend, "one", uri, ClientRequestToken="t")
    version = create(comprehend, "one", uri, VersionName="v2")

    assert (again, version) == (first, f"{first}/version/v2")
    with pytest.raises(comprehend.exceptions.ResourceInUseException):
        create(comprehend, "one", uri)


def test_classifiers_are_listed_by_name_time_and_version(comprehend: Any, bucket: str):
    uri = f"s3://{bucket}/in.csv"
    # One after the other has ended, so that no two are of the same millisecond.
    models = [
        classifier(comprehend, create(comprehend, name, uri, **version))
        for name, version in (("a", {"VersionName": "v1"}), ("b", {}), ("a", {"VersionName": "v2"}))
    ]
    listed = comprehend.list_document_classifiers

    def names(**request: Any) -> list[str]:
        found = listed(**request)["DocumentClassifierPropertiesList"]
        return [one["DocumentClassifierArn"].partition("/")[2] for one in found]

    first = listed(MaxResults=2)
    summaries = comprehend.list_document_classifier_summaries()["DocumentClassifierSummariesList"]

    assert names(MaxResults=2) == ["a/version/v2", "b"]
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["a/version/v1"]
    assert names(Filter={"DocumentClassifierName": "a"}) == ["a/version/v2", "a/version/v1"]
    assert names(Filter={"Status": "TRAINED"}) == []
    assert names(Filter={"SubmitTimeBefore": models[2]["SubmitTime"]}) == ["a/version/v1", "b"]
    assert error_of(listed, Filter={"Status": "TRAINED", "DocumentClassifierName": "a"})[
        "Code"
    ] == ("InvalidFilterException")
    assert [
        (one["DocumentClassifierName"], one["NumberOfVersions"], one.get("LatestVersionName"))
        for one in summaries
    ] == [("a", 2, "v2"), ("b", 1, None)]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"DataFormat": "AUGMENTED_MANIFEST", "S3Uri": "s3://texts/in.csv"},
        {"S3Uri": "s3://texts/in.csv", "DocumentType": "SEMI_STRUCTURED_DOCUMENT"},
    ],
)
def test_training_data_that_nobody_can_read_is_refused(comprehend: Any, config: dict[str, Any]):
    refused = error_of(
        comprehend.create_document_classifier,
        DocumentClassifierName="c",
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
        InputDataConfig=config,
    )

    assert refused["Code"] == "InvalidRequestException"


def test_a_language_that_aws_trains_none_in_is_refused(comprehend: Any):
    with pytest.raises(comprehend.exceptions.UnsupportedLanguageException):
        create(comprehend, "c", "s3://texts/in.csv", LanguageCode="ja")


def test_a_training_that_is_stopped_leaves_nothing(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="in.csv", Body=table(messages("en") * 200))
    arn = create(
        comprehend, "long", f"s3://{bucket}/in.csv", OutputDataConfig={"S3Uri": f"s3://{bucket}/o"}
    )

    refused = error_of(comprehend.delete_document_classifier, DocumentClassifierArn=arn)
    comprehend.stop_training_document_classifier(DocumentClassifierArn=arn)
    model = classifier(comprehend, arn)
    comprehend.delete_document_classifier(DocumentClassifierArn=arn)

    assert refused["Code"] == "ResourceInUseException"
    assert model["Status"] == "STOPPED"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="o")["KeyCount"] == 0
    assert error_of(comprehend.describe_document_classifier, DocumentClassifierArn=arn)["Code"] == (
        "ResourceNotFoundException"
    )


def test_an_endpoint_holds_its_model(comprehend: Any, tiny: str, account: str):
    made = {"EndpointName": "live", "ModelArn": tiny, "DesiredInferenceUnits": 2}
    arn = comprehend.create_endpoint(**made, Tags=[{"Key": "team", "Value": "blue"}])["EndpointArn"]

    told = comprehend.describe_endpoint(EndpointArn=arn)["EndpointProperties"]
    taken = error_of(comprehend.create_endpoint, **made)
    held = error_of(comprehend.delete_document_classifier, DocumentClassifierArn=tiny)
    comprehend.update_endpoint(EndpointArn=arn, DesiredInferenceUnits=3)
    listed = comprehend.list_endpoints(Filter={"ModelArn": tiny})["EndpointPropertiesList"]
    tags = comprehend.list_tags_for_resource(ResourceArn=arn)["Tags"]
    comprehend.delete_endpoint(EndpointArn=arn)
    comprehend.delete_document_classifier(DocumentClassifierArn=tiny)

    assert arn == (f"arn:aws:comprehend:us-east-1:{account}:document-classifier-endpoint/live")
    assert {name: told[name] for name in ("Status", "ModelArn", "CurrentInferenceUnits")} == {
        "Status": "IN_SERVICE",
        "ModelArn": tiny,
        "CurrentInferenceUnits": 2,
    }
    assert (taken["Code"], held["Code"]) == ("ResourceInUseException", "ResourceInUseException")
    assert [one["DesiredInferenceUnits"] for one in listed] == [3]
    assert tags == [{"Key": "team", "Value": "blue"}]
    assert error_of(comprehend.classify_document, Text="Hello", EndpointArn=arn) == {
        "Code": "ResourceUnavailableException",
        "Message": f"There is no endpoint {arn}.",
    }
    assert error_of(comprehend.describe_endpoint, EndpointArn=arn)["Code"] == (
        "ResourceNotFoundException"
    )
    assert comprehend.list_endpoints()["EndpointPropertiesList"] == []


def test_a_document_may_come_as_bytes(comprehend: Any, tiny: str):
    endpoint = comprehend.create_endpoint(
        EndpointName="live", ModelArn=tiny, DesiredInferenceUnits=1
    )["EndpointArn"]

    answer = comprehend.classify_document(
        Bytes=b"My parcel is lost, where is the courier?", EndpointArn=endpoint
    )
    neither = error_of(comprehend.classify_document, EndpointArn=endpoint)

    assert (answer["Classes"][0]["Name"], answer["Classes"][0]["Page"]) == ("SHIPPING", 1)
    assert answer["DocumentType"] == [{"Page": 1, "Type": "PLAIN_TEXT"}]
    assert neither["Code"] == "InvalidRequestException"


def test_endpoints_pass_one_filter_at_a_time(comprehend: Any):
    model = "arn:aws:comprehend:us-east-1:123456789012:document-classifier/mail"

    error = error_of(comprehend.list_endpoints, Filter={"ModelArn": model, "Status": "IN_SERVICE"})

    assert error == {
        "Code": "InvalidRequestException",
        "Message": "Only one filter can be set at a time.",
    }
