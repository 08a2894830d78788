"""What the AI services say of inputs that are damaged, too large or not what they seem."""

import io
import time
from collections.abc import Callable, Mapping
from typing import Any

import docx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.recordings import ENGLISH, as_format, silence, speech_weights
from tests.services.bad_inputs import WORD, archive, image_bomb, laughing, pdf, picture
from tests.services.transcribe.conftest import Jobs
from tests.small_weights import small_weights
from tests.vision_weights import vision_weights

PICTURES: Mapping[str, Mapping[str, Any]] = {
    "detect_labels": {},
    "detect_faces": {},
    "detect_moderation_labels": {},
    "detect_text": {},
    "recognize_celebrities": {},
}
DOCUMENTS: Mapping[str, Mapping[str, Any]] = {
    "detect_document_text": {},
    "analyze_document": {"FeatureTypes": ["TABLES"]},
    "analyze_expense": {},
}
TEXTS: Mapping[str, int] = {
    "detect_dominant_language": 100_000,
    "detect_entities": 100_000,
    "detect_key_phrases": 100_000,
    "detect_pii_entities": 100_000,
    "contains_pii_entities": 100_000,
    "detect_sentiment": 5_000,
    "detect_syntax": 5_000,
}
"""How many bytes a text may have."""
BEYOND = 100 << 10
"""By how many bytes texts are too long here."""
UNSUPPORTED = "Request has unsupported document format: "
NO_SPEECH = (
    "Your audio file must have a speech segment long enough in duration to perform automatic"
    " language identification. Provide an audio file with someone speaking for a longer period of"
    " time and try your request again."
)


@pytest.fixture(scope="session", autouse=True)
def weights() -> None:
    """Pull what reads the inputs."""
    small_weights()
    vision_weights()
    speech_weights()


@pytest.fixture
def refused(client: Callable[..., Any]) -> Callable[..., tuple[str, str, int]]:
    """Return code, message and status of what a service refuses; clients check nothing first."""

    def ask(service: str, operation: str, **request: Any) -> tuple[str, str, int]:
        unchecked = client(service, config=Config(parameter_validation=False))
        with pytest.raises(ClientError) as caught:
            getattr(unchecked, operation)(**request)
        response = caught.value.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        return response["Error"]["Code"], response["Error"]["Message"], status

    return ask


@pytest.fixture
def bucket(client: Callable[..., Any], account: str) -> str:
    """A bucket with a zip archive that is called a picture."""
    name = f"bad-inputs-of-{account}"
    client("s3").create_bucket(Bucket=name)
    client("s3").put_object(Bucket=name, Key="renamed.png", Body=archive())
    return name


@pytest.mark.parametrize("operation", PICTURES)
def test_what_is_no_whole_picture_has_an_invalid_format(
    refused: Callable[..., Any], bucket: str, operation: str
):
    invalid = ("InvalidImageFormatException", "Request has invalid image format", 400)
    contents = {
        "cut JPEG": picture("JPEG")[:3_000],
        "cut PNG": picture("PNG")[:2_000],
        "zip": archive(),
        "PDF": pdf(1),
        "GIF": picture("GIF"),
        "start of a JPEG": b"\xff\xd8\xff",
    }
    place = {"S3Object": {"Bucket": bucket, "Name": "renamed.png"}}

    told = {
        name: refused("rekognition", operation, Image={"Bytes": content})
        for name, content in contents.items()
    }

    assert told == dict.fromkeys(contents, invalid)
    assert refused("rekognition", operation, Image=place) == invalid


@pytest.mark.parametrize("operation", PICTURES)
def test_pictures_that_unfold_to_gigabytes_and_files_above_the_limit_are_refused(
    refused: Callable[..., Any], operation: str
):
    size = (5 << 20) + 1

    assert refused("rekognition", operation, Image={"Bytes": image_bomb()}) == (
        "ImageTooLargeException",
        "Input image dimensions 30000 x 30000 exceed maximum dimension size of 10000 pixels",
        400,
    )
    assert refused("rekognition", operation, Image={"Bytes": bytes(size)}) == (
        "ValidationException",
        f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size}"
        f" cap={size}]' at 'image.bytes' failed to satisfy constraint: Member must have length"
        " less than or equal to 5242880",
        400,
    )


@pytest.mark.parametrize("operation", DOCUMENTS)
def test_documents_that_are_no_single_whole_page_are_refused(
    refused: Callable[..., Any], bucket: str, operation: str
):
    def told(document: Any) -> tuple[str, str, int]:
        return refused("textract", operation, Document=document, **DOCUMENTS[operation])

    renamed = {"S3Object": {"Bucket": bucket, "Name": "renamed.png"}}
    no_document = f"{UNSUPPORTED}It is no PDF, TIFF, JPEG or PNG file."
    code, message, status = told({"Bytes": picture("PNG")[:2_000]})

    assert told(renamed) == ("UnsupportedDocumentException", no_document, 400)
    assert told({"Bytes": picture("GIF")}) == ("UnsupportedDocumentException", no_document, 400)
    assert (code, status) == ("BadDocumentException", 400)
    assert message.startswith("The picture is damaged: ")
    code, message, status = told({"Bytes": pdf(500)})
    assert (code, status) == ("UnsupportedDocumentException", 400)
    assert "500 pages" in message
    assert told({"Bytes": image_bomb()}) == (
        "DocumentTooLargeException",
        "The picture has more than 100000000 pixels.",
        400,
    )


@pytest.mark.parametrize("operation", TEXTS)
def test_texts_above_the_limit_are_refused_with_both_sizes(
    refused: Callable[..., Any], operation: str
):
    limit = TEXTS[operation]
    language = {} if operation == "detect_dominant_language" else {"LanguageCode": "en"}

    told = refused("comprehend", operation, Text="é" * ((limit + BEYOND) // 2), **language)

    assert told == (
        "TextSizeLimitExceededException",
        f"Input text size exceeds limit. Max length of request text allowed is {limit} bytes while"
        f" in this request the text size is {limit + BEYOND} bytes",
        400,
    )


def test_texts_that_are_too_long_to_translate_are_refused(refused: Callable[..., Any]):
    pair = {"SourceLanguageCode": "en", "TargetLanguageCode": "fr"}
    document = {"Content": b"a" * (BEYOND + BEYOND), "ContentType": "text/plain"}

    assert refused("translate", "translate_text", Text="a" * (10_000 + BEYOND), **pair) == (
        "TextSizeLimitExceededException",
        "Input text size exceeds limit. Max length of request text allowed is 10000 bytes.",
        400,
    )
    assert refused("translate", "translate_document", Document=document, **pair) == (
        "LimitExceededException",
        "The document exceeds the size limit: it may have 102400 bytes.",
        400,
    )


def test_documents_that_are_no_word_files_are_not_translated(refused: Callable[..., Any]):
    whole = io.BytesIO()
    docx.Document().save(whole)

    def told(content: bytes) -> tuple[str, str, int]:
        return refused(
            "translate",
            "translate_document",
            Document={"Content": content, "ContentType": WORD},
            SourceLanguageCode="en",
            TargetLanguageCode="fr",
        )

    messages = {
        "The file is no Office document.": whole.getvalue()[:2_000],
        "The file is an archive, but no Office document of this kind.": archive(),
        "A part of the file declares entities.": archive(
            "word/document.xml", laughing("w:document").encode()
        ),
    }

    assert {message: told(content) for message, content in messages.items()} == {
        message: ("InvalidRequestException", message, 400) for message in messages
    }


def test_term_files_that_unfold_are_refused(refused: Callable[..., Any]):
    def told(content: bytes, form: str) -> tuple[str, str, int]:
        return refused(
            "translate",
            "import_terminology",
            Name="terms",
            MergeStrategy="OVERWRITE",
            TerminologyData={"File": content, "Format": form},
        )

    def refusal(form: str, why: str) -> tuple[str, str, int]:
        message = (
            "The provided terminology is not formatted correctly. Check the contents of your file"
            f" to ensure that it follows the correct {form} format. {why}"
        )
        return ("InvalidParameterValueException", message, 400)

    assert told(laughing("tmx").encode(), "TMX") == refusal("TMX", "The file declares entities.")
    assert told(archive(), "CSV") == refusal("CSV", "The file is not encoded in UTF-8.")


def test_speech_that_is_unknown_or_too_long_is_refused(refused: Callable[..., Any], bucket: str):
    places: Mapping[str, Any] = {
        "synthesize_speech": {},
        "start_speech_synthesis_task": {"OutputS3BucketName": bucket},
    }
    limits = {"synthesize_speech": 6_000, "start_speech_synthesis_task": 200_000}

    def told(operation: str, text: str, kind: str) -> tuple[str, str, int]:
        speech = {"Text": text, "TextType": kind, "VoiceId": "Joanna", "OutputFormat": "mp3"}
        return refused("polly", operation, **speech, **places[operation])

    blink = "<speak>Now <blink>look</blink></speak>"
    assert {name: told(name, blink, "ssml") for name in places} == dict.fromkeys(
        places,
        (
            "InvalidSsmlException",
            "Invalid SSML request: <blink> is no tag that is spoken here",
            400,
        ),
    )
    assert {name: told(name, laughing("speak"), "ssml") for name in places} == dict.fromkeys(
        places,
        ("InvalidSsmlException", "Invalid SSML request: document types are not allowed", 400),
    )
    assert {name: told(name, "a" * (limits[name] + BEYOND), "text") for name in places} == {
        name: (
            "TextLengthExceededException",
            f"Maximum text length has been exceeded: it has {limit + BEYOND} characters,"
            f" {limit} are accepted.",
            400,
        )
        for name, limit in limits.items()
    }
    assert refused("polly", "put_lexicon", Name="words", Content=laughing("lexicon")) == (
        "InvalidLexiconException",
        "Invalid lexicon: document types are not allowed",
        400,
    )


def test_transcriptions_of_what_is_no_speech_end_with_a_reason(
    client: Callable[..., Any], bucket: str
):
    jobs = Jobs(client("transcribe"), client("s3"), bucket)
    english = {"LanguageCode": "en-US"}
    asked: Mapping[str, tuple[bytes, Any]] = {
        "silence": (silence(2.0), english),
        "silence-in-which-language": (silence(2.0), {"IdentifyLanguage": True}),
        "zip-as-wav": (archive(), english),
        "nothing": (b"", english),
        "start-of-a-file": (as_format(ENGLISH, "wav")[:20], english),
    }
    names = [jobs.start(sound, name=name, **how) for name, (sound, how) in asked.items()]

    reasons = {name: jobs.ended(name).get("FailureReason") for name in names}

    assert reasons == {
        "silence": None,
        "silence-in-which-language": NO_SPEECH,
        "zip-as-wav": "Unsupported media format",
        "nothing": "Unsupported media format",
        "start-of-a-file": "Failed to parse audio file",
    }


def test_a_job_over_more_pages_than_may_be_says_how_many(client: Callable[..., Any], bucket: str):
    textract = client("textract")
    client("s3").put_object(Bucket=bucket, Key="book.pdf", Body=pdf(3_001))

    job = textract.start_document_text_detection(
        DocumentLocation={"S3Object": {"Bucket": bucket, "Name": "book.pdf"}}
    )["JobId"]
    while (told := textract.get_document_text_detection(JobId=job))["JobStatus"] == "IN_PROGRESS":
        time.sleep(0.05)

    assert (told["JobStatus"], told["StatusMessage"]) == (
        "FAILED",
        "The document has 3001 pages; at most 3000 are read.",
    )
