"""Recognizers are trained of annotated texts in S3, tell how good they are, and find entities."""

import json
from typing import Any

import pytest

from tests.services.comprehend.conftest import ROLE, ended, places, results
from tests.services.comprehend.training import table, trained
from tests.services.direct import error_of

NAMES = {
    "en": ("Diego Ramirez", "Mary Major", "Kwaku Mensah", "Li Juan", "Ana Silva", "John Stiles"),
    "fr": ("Camille Petit", "Léa Moreau", "Hugo Garnier", "Inès Faure", "Théo Boyer", "Zoé Roux"),
}
SENTENCES = {
    "en": (
        "{ENGINEER} has been an engineer for years.",
        "Ask {ENGINEER}, the engineer, about order {ORDER}.",
        "My order {ORDER} has not arrived.",
        "Order {ORDER} was repaired by the engineer {ENGINEER} on Monday.",
        "The weather was nice and nobody called.",
    ),
    "fr": (
        "{ENGINEER} est ingénieur depuis des années.",
        "Demandez à {ENGINEER}, l'ingénieur, pour la commande {ORDER}.",
        "Ma commande {ORDER} n'est pas arrivée.",
        "La commande {ORDER} a été réparée par l'ingénieur {ENGINEER} lundi.",
        "Il faisait beau et personne n'a appelé.",
    ),
}
UNSEEN = {
    "en": ("Please ask Nikki Wolf, the engineer, about order CMD-77123.", "Nikki Wolf"),
    "fr": (
        "Demandez à Élise Carpentier, l'ingénieur, pour la commande CMD-77123.",
        "Élise Carpentier",
    ),
}
TYPES = [{"Type": "ENGINEER"}, {"Type": "ORDER"}]


def annotated(language: str, count: int) -> tuple[list[str], list[tuple[int, int, int, str]]]:
    """Return lines, and the line, begin, end and type of the entities in them."""
    lines: list[str] = []
    found: list[tuple[int, int, int, str]] = []
    for number in range(count):
        text = ""
        for piece in SENTENCES[language][number % 5].replace("}", "{").split("{"):
            value = {
                "ENGINEER": NAMES[language][number % 6],
                "ORDER": f"CMD-{41_000 + 37 * number}",
            }.get(piece)
            if value:
                found.append((number, len(text), len(text) + len(value), piece))
            text += value or piece
        lines.append(text)
    return lines, found


def create(comprehend: Any, config: dict[str, Any], **members: Any) -> str:
    """Begin to train a recognizer."""
    arn: str = comprehend.create_entity_recognizer(
        **{
            "RecognizerName": "staff",
            "DataAccessRoleArn": ROLE,
            "LanguageCode": "en",
            "InputDataConfig": {"EntityTypes": TYPES, **config},
            **members,
        }
    )["EntityRecognizerArn"]
    return arn


def recognizer(comprehend: Any, arn: str) -> dict[str, Any]:
    """Return a recognizer once its training has ended."""
    return trained(lambda: comprehend.describe_entity_recognizer(EntityRecognizerArn=arn))


def put_annotated(s3: Any, bucket: str, language: str, count: int) -> dict[str, Any]:
    """Write documents and annotations; return the members that say where."""
    lines, found = annotated(language, count)
    rows = [("docs.txt", *each) for each in found]
    header = ("File", "Line", "Begin Offset", "End Offset", "Type")
    s3.put_object(Bucket=bucket, Key="in/docs.txt", Body="\n".join(lines).encode())
    s3.put_object(Bucket=bucket, Key="notes.csv", Body=table([header, *rows]))
    return {
        "Documents": {"S3Uri": f"s3://{bucket}/in/docs.txt"},
        "Annotations": {"S3Uri": f"s3://{bucket}/notes.csv"},
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_recognizer_learns_from_annotations(
    comprehend: Any, s3: Any, bucket: str, account: str, language: str
):
    arn = create(
        comprehend, put_annotated(s3, bucket, language, 100), LanguageCode=language, VersionName="v"
    )
    model = recognizer(comprehend, arn)

    assert model["Status"] == "TRAINED", model
    assert arn == f"arn:aws:comprehend:us-east-1:{account}:entity-recognizer/staff/version/v"
    assert model["InputDataConfig"]["DataFormat"] == "COMPREHEND_CSV"
    assert model["InputDataConfig"]["Documents"]["InputFormat"] == "ONE_DOC_PER_LINE"
    metadata = model["RecognizerMetadata"]
    assert (metadata["NumberOfTrainedDocuments"], metadata["NumberOfTestDocuments"]) == (80, 20)
    assert metadata["EvaluationMetrics"]["F1Score"] >= 90
    assert [one["Type"] for one in metadata["EntityTypes"]] == ["ENGINEER", "ORDER"]
    assert all(one["NumberOfTrainMentions"] >= 40 for one in metadata["EntityTypes"])

    text, name = UNSEEN[language]
    endpoint = comprehend.create_endpoint(
        EndpointName="staff", ModelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    entities = comprehend.detect_entities(Text=text, EndpointArn=endpoint)["Entities"]
    page = comprehend.detect_entities(Bytes=text.encode(), EndpointArn=endpoint)
    assert endpoint.endswith(":entity-recognizer-endpoint/staff")
    assert [(one["Type"], one["Text"]) for one in entities] == [
        ("ENGINEER", name),
        ("ORDER", "CMD-77123"),
    ]
    for one in entities:
        assert text[one["BeginOffset"] : one["EndOffset"]] == one["Text"]
        assert 0 < one["Score"] <= 1
    assert [one["Text"] for one in page["Entities"]] == [name, "CMD-77123"]

    s3.put_object(Bucket=bucket, Key="new/a.txt", Body=f"{text}\nHello.\n".encode())
    started = comprehend.start_entities_detection_job(
        LanguageCode=language, EntityRecognizerArn=arn, **places(bucket, "new/")
    )
    job = ended(comprehend.describe_entities_detection_job, started["JobId"])
    first, second = results(s3, job)
    assert (started["EntityRecognizerArn"], job["EntityRecognizerArn"]) == (arn, arn)
    assert (first["Entities"], second["Entities"]) == (entities, [])


def test_a_recognizer_learns_from_a_list(comprehend: Any, s3: Any, bucket: str):
    lines, found = annotated("en", 75)
    items = sorted({(lines[line][begin:end], kind) for line, begin, end, kind in found})
    s3.put_object(Bucket=bucket, Key="docs.txt", Body="\n".join(lines).encode())
    s3.put_object(Bucket=bucket, Key="list.csv", Body=table([("Text", "Type"), *items]))

    arn = create(
        comprehend,
        {
            "Documents": {"S3Uri": f"s3://{bucket}/docs.txt"},
            "EntityList": {"S3Uri": f"s3://{bucket}/list.csv"},
        },
    )
    metadata = recognizer(comprehend, arn)["RecognizerMetadata"]

    mentions = sum(one["NumberOfTrainMentions"] for one in metadata["EntityTypes"])
    assert 60 <= mentions < len(found)
    assert metadata["EvaluationMetrics"]["F1Score"] >= 90


def test_manifests_of_labelling_jobs_are_read(comprehend: Any, s3: Any, bucket: str):
    lines, found = annotated("en", 75)
    entries = [
        {
            "source": text,
            "job": {
                "annotations": {
                    "entities": [
                        {"startOffset": begin, "endOffset": end, "label": kind}
                        for line, begin, end, kind in found
                        if line == number
                    ]
                }
            },
        }
        for number, text in enumerate(lines)
    ]
    for name, part in (("train", entries[:60]), ("test", entries[60:])):
        body = "\n".join(map(json.dumps, part)).encode()
        s3.put_object(Bucket=bucket, Key=f"{name}.manifest", Body=body)

    arn = create(
        comprehend,
        {
            "DataFormat": "AUGMENTED_MANIFEST",
            "AugmentedManifests": [
                {"S3Uri": f"s3://{bucket}/{name}.manifest", "AttributeNames": ["job"], **split}
                for name, split in (("train", {}), ("test", {"Split": "TEST"}))
            ],
        },
    )
    metadata = recognizer(comprehend, arn)["RecognizerMetadata"]

    assert (metadata["NumberOfTrainedDocuments"], metadata["NumberOfTestDocuments"]) == (60, 15)
    assert metadata["EvaluationMetrics"]["F1Score"] >= 90


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (
            [("docs.txt", 0, 0, 5, "ENGINEER"), ("docs.txt", 0, 3, 9, "ORDER")],
            "docs.txt, line 0 has an annotation from 3 to 9 that meets another, or lies outside of"
            " its 12 characters.",
        ),
        (
            [("docs.txt", 9, 0, 5, "ENGINEER")],
            "There are annotations for docs.txt, line 9, but no such document.",
        ),
        (
            [("docs.txt", 0, 0, 5, "ENGINEER"), ("docs.txt", 1, 0, 5, "OTHER")],
            "The documents have 1 entities of the type ENGINEER; it takes at least 25 of each"
            " type.",
        ),
        ([("docs.txt", "a", 0, 5, "ORDER")], "notes.csv, row 2 has an offset that is no number."),
    ],
)
def test_a_training_fails_and_says_why(
    comprehend: Any, s3: Any, bucket: str, notes: list[tuple[Any, ...]], message: str
):
    header = ("File", "Line", "Begin Offset", "End Offset", "Type")
    s3.put_object(Bucket=bucket, Key="docs.txt", Body=b"Hello there.\nGood bye.\nAnd so on.")
    s3.put_object(Bucket=bucket, Key="notes.csv", Body=table([header, *notes]))

    arn = create(
        comprehend,
        {
            "Documents": {"S3Uri": f"s3://{bucket}/docs.txt"},
            "Annotations": {"S3Uri": f"s3://{bucket}/notes.csv"},
        },
    )
    model = recognizer(comprehend, arn)

    assert (model["Status"], model["Message"]) == ("IN_ERROR", message)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"Documents": {"S3Uri": "s3://texts/a"}},
        {
            "Documents": {"S3Uri": "s3://texts/a", "TestS3Uri": "s3://texts/b"},
            "Annotations": {"S3Uri": "s3://texts/c"},
        },
        {
            "Documents": {"S3Uri": "s3://texts/a"},
            "EntityList": {"S3Uri": "s3://texts/c"},
            "EntityTypes": [{"Type": "A"}, {"Type": "A"}],
        },
    ],
)
def test_training_data_that_nobody_can_read_is_refused(comprehend: Any, config: dict[str, Any]):
    with pytest.raises(comprehend.exceptions.InvalidRequestException):
        create(comprehend, config)


def test_recognizers_are_listed_stopped_and_deleted(comprehend: Any, bucket: str):
    config = {
        "Documents": {"S3Uri": f"s3://{bucket}/a"},
        "EntityList": {"S3Uri": f"s3://{bucket}/c"},
    }
    arns = [create(comprehend, config, RecognizerName=name) for name in ("a", "b")]
    for arn in arns:
        recognizer(comprehend, arn)
    comprehend.stop_training_entity_recognizer(EntityRecognizerArn=arns[0])

    summaries = comprehend.list_entity_recognizer_summaries()["EntityRecognizerSummariesList"]
    comprehend.delete_entity_recognizer(EntityRecognizerArn=arns[0])
    left = comprehend.list_entity_recognizers(Filter={"Status": "IN_ERROR"})

    assert [one["RecognizerName"] for one in summaries] == ["a", "b"]
    assert [one["EntityRecognizerArn"] for one in left["EntityRecognizerPropertiesList"]] == [
        arns[1]
    ]
    assert error_of(comprehend.describe_entity_recognizer, EntityRecognizerArn=arns[0])["Code"] == (
        "ResourceNotFoundException"
    )


def test_tables_may_begin_with_empty_lines(comprehend: Any, s3: Any, bucket: str):
    config = put_annotated(s3, bucket, "en", 50)
    body = s3.get_object(Bucket=bucket, Key="notes.csv")["Body"].read()
    s3.put_object(Bucket=bucket, Key="notes.csv", Body=b"\r\n" + body)

    arn = create(comprehend, {**config, "EntityTypes": [{"Type": "ORDER"}]})

    assert recognizer(comprehend, arn)["Status"] == "TRAINED"
