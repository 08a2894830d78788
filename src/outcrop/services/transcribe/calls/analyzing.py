"""The work of a call analytics job: from a recording of two channels to a document in S3.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/call-analytics-batch.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from outcrop.aws.language_codes import language_of, scored
from outcrop.engines.speech_to_text.interface import Hearing, Recording, Transcriber
from outcrop.operations.backends import Engines
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.transcribe.calls.categories import categories_of
from outcrop.services.transcribe.calls.documents import document_of
from outcrop.services.transcribe.calls.turns import Call, Span, Turn, turns_of
from outcrop.services.transcribe.items import Item, filtered, items_of
from outcrop.services.transcribe.media import (
    CHANNELS,
    TOO_FEW_CHANNELS,
    TOO_MANY_CHANNELS,
    check_sound,
    recording_of,
)
from outcrop.services.transcribe.places import (
    as_service,
    make_service_bucket,
    service_bucket,
)
from outcrop.services.transcribe.redaction import redacted, unredactable
from outcrop.services.transcribe.resources import CALL_JOB, SERVICE
from outcrop.services.transcribe.transcribing import JSON, NO_SPEECH

JUDGED = frozenset(("en", "fr"))
"""The languages whose sentiment the classifier was made for."""


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse a job's call, write what comes of it, and return what its record gets."""
    async with recording_of(job) as recording:
        return {"results": await _Run(job, recording).go()}


FAMILY = JobFamily(
    service=SERVICE,
    kind=CALL_JOB.name,
    operation="StartCallAnalyticsJob",
    states=JobStates(waiting="QUEUED", working="IN_PROGRESS", done="COMPLETED", failed="FAILED"),
    work=work,
)


@dataclass(frozen=True, slots=True)
class _Run:
    """One job at work."""

    job: ServiceJob
    recording: Recording

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.job.document["asked"].get("Settings", {})

    @property
    def _engines(self) -> Engines:
        return self.job.call.backends.engines

    @property
    def _transcriber(self) -> Transcriber:
        return self._engines.transcriber

    async def go(self) -> dict[str, Any]:
        sound = await self._transcriber.inspect(self.recording)
        check_sound(sound, self.job.document["asked"])
        if sound.channels != CHANNELS:
            is_more = sound.channels > CHANNELS
            raise JobFailedError(TOO_MANY_CHANNELS if is_more else TOO_FEW_CHANNELS)
        code, score = await self._language()
        call = await self._heard(code)
        found = {
            "MediaFormat": self.recording.media_format,
            "MediaSampleRateHertz": sound.sample_rate_hz,
            "LanguageCode": code,
            "IdentifiedLanguageScore": score,
        }
        return {"found": found, **await self._write(call, code)}

    async def _language(self) -> tuple[str, float]:
        languages = await self._transcriber.identify(self.recording)
        codes = scored(languages, self._settings.get("LanguageOptions", ()))
        if not codes:
            raise JobFailedError(NO_SPEECH)
        code, score = codes[0]
        if self._settings.get("ContentRedaction") and (reason := unredactable(self._engines, code)):
            raise JobFailedError(reason)
        return code, score

    async def _heard(self, code: str) -> Call:
        """Return what each participant says, with the moods and levels of the turns."""
        words = self.job.document["words"].get(code, {})
        hearing = Hearing(language=language_of(code), phrases=words.get("phrases", ()))
        items: dict[str, list[Item]] = {}
        speech: dict[str, list[Span]] = {}
        seconds = 0.0
        for channel, role in enumerate(self.job.document["roles"]):
            sound = replace(self.recording, channel=channel)
            passages = [one async for one in self._transcriber.transcribe(sound, hearing)]
            items[role] = items_of(passages, f"ch_{channel}")
            times = await self._transcriber.find_speech(sound)
            speech[role] = [Span(begin=begin, end=end) for begin, end in times.times]
            seconds = times.duration_seconds
        turns = await self._judged(await self._measured(turns_of(items)), code)
        return Call(turns=turns, speech=speech, seconds=seconds)

    async def _measured(self, turns: Sequence[Turn]) -> list[Turn]:
        """Return turns with how loud they are."""
        measured: list[Turn] = []
        for channel, role in enumerate(self.job.document["roles"]):
            own = [turn for turn in turns if turn.role == role]
            sound = replace(self.recording, channel=channel)
            spans = [(turn.begin, turn.end) for turn in own]
            levels = await self._transcriber.measure_levels(sound, spans)
            measured += [replace(turn, levels=each) for turn, each in zip(own, levels, strict=True)]
        return sorted(measured, key=lambda turn: turn.begin)

    async def _judged(self, turns: list[Turn], code: str) -> list[Turn]:
        """Return turns with their moods, where the classifier knows the language."""
        if language_of(code) not in JUDGED or not turns:
            return turns
        judgements = await self._engines.sentiment.judge([turn.text for turn in turns])
        return [
            replace(turn, sentiment=judgement.sentiment.upper())
            for turn, judgement in zip(turns, judgements, strict=True)
        ]

    async def _redacted(self, call: Call, code: str) -> Call:
        """Return a call without personal data.

        It is read as one text, so that a question tells what its answer is.
        """
        asked = self._settings["ContentRedaction"]
        items = [
            replace(item, channel="", speaker=str(at))
            for at, turn in enumerate(call.turns)
            for item in turn.items
        ]
        told: dict[str, list[Item]] = {}
        for item in await redacted(self._engines, items, code=code, asked=asked):
            told.setdefault(item.speaker, []).append(replace(item, speaker=""))
        turns = [replace(turn, items=told[str(at)]) for at, turn in enumerate(call.turns)]
        return replace(call, turns=turns)

    def _filtered(self, call: Call, code: str) -> Call:
        """Return a call as the vocabulary filter wants it."""
        names = self.job.document["words"].get(code, {}).get("filter", ())
        if not names:
            return call
        method = self._settings.get("VocabularyFilterMethod", "mask")
        kept = [
            replace(turn, items=items)
            for turn in call.turns
            if (items := filtered(turn.items, names, method))
        ]
        return replace(call, turns=kept)

    async def _write(self, call: Call, code: str) -> dict[str, Any]:
        """Write the documents; return where they are."""
        bucket, folder, name = self.job.document["output"]
        writer = self.job.call
        if bucket == service_bucket(writer.region):
            writer = as_service(writer)
            await make_service_bucket(writer)
        categories = categories_of(call, self.job.document["rules"])
        asked = self._settings.get("ContentRedaction", {})
        forms: dict[str, tuple[str, Call]] = {}
        if asked:
            told = await self._redacted(call, code)
            forms["redacted"] = (f"{folder}redacted-analytics/{name}", told)
        if asked.get("RedactionOutput") != "redacted":
            forms["transcript"] = (f"{folder}analytics/{name}", call)
        places: dict[str, Any] = {}
        for form, (key, told) in forms.items():
            document = document_of(
                self._filtered(told, code),
                job=self.job.id,
                account=self.job.call.account,
                code=code,
                categories=categories,
                redaction_types=["PII"] if form == "redacted" else [],
            )
            body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
            await writer.objects.write(bucket, key, body, content_type=JSON)
            places[form] = [bucket, key]
        return places
