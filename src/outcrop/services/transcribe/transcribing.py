"""The work of a transcription job: from a media file in S3 to a transcript in S3.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html and
https://docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html,
"FailureReason"
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from outcrop.aws.language_codes import language_of, scored
from outcrop.engines.speech_to_text.interface import (
    Hearing,
    Passage,
    Recording,
    SoundFormat,
    Transcriber,
)
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.transcribe.items import Item, filtered, items_of, spans_of_speech
from outcrop.services.transcribe.media_formats import HEAD_BYTES, format_of, is_same
from outcrop.services.transcribe.places import (
    as_service,
    make_service_bucket,
    place_of,
    service_bucket,
)
from outcrop.services.transcribe.resources import JOB, SERVICE
from outcrop.services.transcribe.subtitles import subtitles
from outcrop.services.transcribe.transcripts import Transcript, durations, results_of
from outcrop.services.transcribe.vocabularies import phrases_of
from outcrop.services.transcribe.vocabulary_filters import words_of

MOST_BYTES = 2 << 30
"""Of a media file.

Source: https://docs.aws.amazon.com/general/latest/gr/transcribe.html
"""
MOST_CHANNELS = 2
RATES_HZ = range(8000, 48001)

UNSUPPORTED = "Unsupported media format"
MISMATCH = "The media format provided does not match the detected media format"
UNPARSABLE = "Failed to parse audio file"
WRONG_RATE = "The sample rate provided does not match the detected sample rate"
INVALID_RATE = "Invalid sample rate for audio file"
TOO_LARGE = "Invalid file size: file size too large"
TOO_MANY_CHANNELS = "Invalid number of channels: number of channels too large"
NO_SPEECH = (
    "Your audio file must have a speech segment long enough in duration to perform automatic"
    " language identification. Provide an audio file with someone speaking for a longer period of"
    " time and try your request again."
)
REFUSALS: Mapping[str, str] = {"unreadable": UNPARSABLE, "too large": TOO_LARGE}


async def words_for(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by language codes, the phrases and filtered words that a request asks for.

    Raises:
        ServiceError: A vocabulary or a filter is not there.
    """
    settings = request.get("Settings", {})
    of_language: Mapping[str, Any] = request.get("LanguageIdSettings", {})
    if "LanguageCode" in request:
        of_language = {request["LanguageCode"]: settings}
    words: dict[str, Any] = {}
    for code, own in of_language.items():
        vocabulary, word_filter = own.get("VocabularyName"), own.get("VocabularyFilterName")
        words[code] = {
            "phrases": list(await phrases_of(call, vocabulary, code)) if vocabulary else [],
            "filter": list(await words_of(call, word_filter, code)) if word_filter else [],
        }
    return words


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Transcribe a job's file, write what comes of it, and return what its record gets."""
    with tempfile.TemporaryDirectory(prefix="outcrop-transcribe-") as folder:
        path = Path(folder) / "media"
        await _fetch(job.call, job.document["asked"]["Media"]["MediaFileUri"], path)
        try:
            return {"results": await _Run(job, path).go()}
        except RefusedInputError as error:
            if error.kind == "language":
                raise JobFailedError(str(error)) from error
            raise JobFailedError(REFUSALS.get(error.kind, UNPARSABLE)) from error


FAMILY = JobFamily(
    service=SERVICE,
    kind=JOB.name,
    operation="StartTranscriptionJob",
    states=JobStates(waiting="QUEUED", working="IN_PROGRESS", done="COMPLETED", failed="FAILED"),
    work=work,
)


@dataclass(frozen=True, slots=True)
class _Run:
    """One job at work."""

    job: ServiceJob
    path: Path

    @property
    def _asked(self) -> Mapping[str, Any]:
        return self.job.document["asked"]

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self._asked.get("Settings", {})

    @property
    def _transcriber(self) -> Transcriber:
        return self.job.call.backends.engines.transcriber

    async def go(self) -> dict[str, Any]:
        media_format = await asyncio.to_thread(self._media_format)
        recording = Recording(path=self.path, media_format=media_format)
        sound = await self._transcriber.inspect(recording)
        self._check(sound)
        transcript = await self._transcript(recording, sound)
        found: dict[str, Any] = {
            "MediaFormat": self._asked.get("MediaFormat", media_format),
            "MediaSampleRateHertz": sound.sample_rate_hz,
            "Settings": {
                "ChannelIdentification": False,
                "ShowAlternatives": False,
                **self._settings,
            },
            **self._languages_found(transcript),
        }
        places = await self._write(transcript)
        return {"found": found, **places}

    def _media_format(self) -> str:
        with self.path.open("rb") as file:
            detected = format_of(file.read(HEAD_BYTES))
        given = self._asked.get("MediaFormat")
        if detected is None:
            raise JobFailedError(MISMATCH if given else UNSUPPORTED)
        if given is not None and not is_same(given, detected):
            raise JobFailedError(MISMATCH)
        return detected

    def _check(self, sound: SoundFormat) -> None:
        if sound.sample_rate_hz not in RATES_HZ:
            raise JobFailedError(INVALID_RATE)
        if self._asked.get("MediaSampleRateHertz", sound.sample_rate_hz) != sound.sample_rate_hz:
            raise JobFailedError(WRONG_RATE)
        if self._settings.get("ChannelIdentification") and sound.channels > MOST_CHANNELS:
            raise JobFailedError(TOO_MANY_CHANNELS)

    async def _transcript(self, recording: Recording, sound: SoundFormat) -> Transcript:
        codes = await self._identified(recording)
        hearing = self._hearing(codes)
        options = self._asked.get("LanguageOptions") or (
            [codes[0][0]] if codes else [self._asked.get("LanguageCode")]
        )
        is_multilingual = bool(self._asked.get("IdentifyMultipleLanguages"))
        if is_multilingual:
            options = self._asked.get("LanguageOptions", ())
        common: Any = {"codes": codes, "options": options, "is_multilingual": is_multilingual}
        if self._settings.get("ChannelIdentification"):
            items = await self._heard_by_channels(recording, sound.channels, hearing)
            return Transcript(items=self._filtered(items), channels=sound.channels, **common)
        passages = [one async for one in self._transcriber.transcribe(recording, hearing)]
        alternatives: Sequence[Passage] = passages if hearing.most_alternatives > 1 else ()
        items = await self._spoken_by(recording, items_of(passages))
        items = self._filtered(items)
        return Transcript(items=items, alternatives=alternatives, **common)

    async def _identified(self, recording: Recording) -> list[tuple[str, float]]:
        """Return the language of a file, if it is to be identified, and others that it may be."""
        if not self._asked.get("IdentifyLanguage"):
            return []
        languages = await self._transcriber.identify(recording)
        codes = scored(languages, self._asked.get("LanguageOptions", ()))
        if not codes:
            raise JobFailedError(NO_SPEECH)
        return codes[:5]

    def _hearing(self, codes: Sequence[tuple[str, float]]) -> Hearing:
        code = codes[0][0] if codes else self._asked.get("LanguageCode")
        words = self.job.document["words"]
        return Hearing(
            language=language_of(code) if code else None,
            languages=[language_of(one) for one in self._asked.get("LanguageOptions", ())],
            phrases=words.get(code, {}).get("phrases", ()),
            most_alternatives=self._settings.get("MaxAlternatives", 1),
        )

    async def _spoken_by(self, recording: Recording, items: list[Item]) -> list[Item]:
        """Return items with their speakers, if those are to be told apart."""
        if not self._settings.get("ShowSpeakerLabels"):
            return items
        phrases = spans_of_speech(items)
        speakers = await self.job.call.backends.engines.speaker_teller.tell(
            recording,
            [(phrase[0].start, phrase[-1].end) for phrase in phrases],
            most=self._settings["MaxSpeakerLabels"],
        )
        return [
            replace(item, speaker=f"spk_{speaker}")
            for phrase, speaker in zip(phrases, speakers, strict=True)
            for item in phrase
        ]

    async def _heard_by_channels(
        self, recording: Recording, channels: int, hearing: Hearing
    ) -> list[Item]:
        items: list[Item] = []
        for channel in range(channels):
            one = Recording(
                path=recording.path, media_format=recording.media_format, channel=channel
            )
            passages = [passage async for passage in self._transcriber.transcribe(one, hearing)]
            items += items_of(passages, f"ch_{channel}")
        return sorted(items, key=lambda item: item.start)

    def _filtered(self, items: list[Item]) -> list[Item]:
        names = [word for own in self.job.document["words"].values() for word in own["filter"]]
        method = self._settings.get("VocabularyFilterMethod", "mask")
        return filtered(items, names, method) if names else items

    def _languages_found(self, transcript: Transcript) -> dict[str, Any]:
        if transcript.is_multilingual:
            return {
                "LanguageCodes": [
                    {"LanguageCode": code, "DurationInSeconds": seconds}
                    for code, seconds in durations(transcript)
                ]
            }
        if transcript.codes:
            code, score = transcript.codes[0]
            return {"LanguageCode": code, "IdentifiedLanguageScore": score}
        return {}

    async def _write(self, transcript: Transcript) -> dict[str, Any]:
        """Write the transcript and its subtitles; return where they are."""
        bucket, key = self.job.document["output"]
        call = self.job.call
        if bucket == service_bucket(call.region):
            call = as_service(call)
            await make_service_bucket(call)
        asked: Mapping[str, Any] = self.job.document["subtitles"] or {}
        places: list[list[str]] = []
        forms: list[str] = asked.get("Formats", []) if transcript.items else []
        for form in forms:
            text = subtitles(transcript.items, form=form, first=asked.get("OutputStartIndex", 0))
            place = f"{key.removesuffix('.json')}.{form}"
            await call.objects.write(bucket, place, text.encode(), content_type=SUBTITLES[form])
            places.append([bucket, place])
        document = {
            "jobName": self.job.id,
            "accountId": self.job.call.account,
            "status": "COMPLETED",
            "results": results_of(transcript),
        }
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        await call.objects.write(bucket, key, body, content_type="application/json")
        return {"transcript": [bucket, key], "subtitles": places}


SUBTITLES: Mapping[str, str] = {"vtt": "text/vtt", "srt": "application/x-subrip"}
"""Content types of subtitles."""


async def _fetch(call: Call, uri: str, path: Path) -> None:
    """Write an object into a file.

    Raises:
        JobFailedError: It is too large.
        ServiceError: It cannot be read.
    """
    bucket, key = place_of(uri)
    size, chunks = await call.objects.open_sized(bucket, key)
    if size > MOST_BYTES:
        raise JobFailedError(TOO_LARGE)
    if not await call.objects.link(bucket, key, path):
        await _copy(chunks, path)


async def _copy(chunks: AsyncIterator[bytes], path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)
