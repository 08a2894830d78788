"""What a stream cannot do is refused before anything is heard."""

from collections.abc import Mapping

import pytest
from websockets.exceptions import InvalidStatus

from outcrop import LocalServer
from tests.services.transcribe_streaming.streams import ENGLISH_PCM, streaming

IDENTIFIED = {
    "identify-language": "true",
    "language-options": "en-US,fr-FR",
    "media-encoding": "pcm",
    "sample-rate": "16000",
}
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"media-encoding": "pcm", "sample-rate": "16000"},
            "Specify one of LanguageCode, IdentifyLanguage and IdentifyMultipleLanguages, and no"
            " other.",
        ),
        (
            {**IDENTIFIED, "language-options": "en-US,en-GB,fr-FR"},
            "LanguageOptions can have only one dialect of each language.",
        ),
        (
            {**IDENTIFIED, "preferred-language": "de-DE"},
            "PreferredLanguage must be one of the LanguageOptions.",
        ),
        (
            {**ENGLISH_PCM, "preferred-language": "en-US"},
            "PreferredLanguage needs language identification.",
        ),
        (
            {**ENGLISH_PCM, "transcript-format": "spoken"},
            "Outcrop's streams tell numbers and dates as they are written: leave TranscriptFormat"
            " out, or set it to written.",
        ),
        (
            {**ENGLISH_PCM, "media-encoding": "g729"},
            "Outcrop's streams take the media encoding pcm or ogg-opus or flac or g711-ulaw or"
            " g711-alaw, not g729.",
        ),
        (
            {
                **ENGLISH_PCM,
                "content-redaction-type": "PII",
                "content-identification-type": "PII",
            },
            "You can't set both ContentIdentificationType and ContentRedactionType in the same"
            " request.",
        ),
        (
            {**ENGLISH_PCM, "pii-entity-types": "NAME"},
            "PiiEntityTypes needs a ContentIdentificationType or a ContentRedactionType.",
        ),
        (
            {**ENGLISH_PCM, "content-redaction-type": "PII", "pii-entity-types": "NAME,SHOE"},
            "SHOE is none of the PiiEntityTypes.",
        ),
        (
            {**ENGLISH_PCM, "language-code": "de-DE", "content-redaction-type": "PII"},
            "Personal data can't be identified in de-DE: the models on this server know names in"
            " en and fr.",
        ),
        (
            {**ENGLISH_PCM, "vocabulary-name": "none"},
            "The vocabulary none couldn't be found, or isn't ready. Check its name and try your"
            " request again.",
        ),
    ],
    ids=[
        *("no language", "dialects", "another language", "preferred alone", "spoken"),
        *("encoding", "both", "types alone", "unknown type", "German", "vocabulary"),
    ],
)
async def test_what_no_stream_can_do_is_said(
    server: LocalServer, account: str, query: Mapping[str, str], message: str
) -> None:
    async with streaming(server, account, query) as stream:
        assert await stream.message() == ("BadRequestException", {"Message": message})


async def test_a_rate_out_of_bounds_is_refused_at_once(server: LocalServer, account: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with streaming(server, account, {**ENGLISH_PCM, "sample-rate": "4000"}):
            pass

    assert caught.value.response.status_code == 400
