"""The work of a call analytics job: from a recording of two channels to a document in S3.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/call-analytics-batch.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from outcrop.aws.language_codes import language_of
from outcrop.engines.speech_to_text.interface import Hearing
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.transcribe.calls.categories import categories_of
from outcrop.services.transcribe.calls.documents import document_of
from outcrop.services.transcribe.calls.turns import Call, Span, Turn, turns_of
from outcrop.services.transcribe.items import Item, filtered, items_of
from outcrop.services.transcribe.media import CHANNELS, TOO_FEW_CHANNELS, TOO_MANY_CHANNELS
from outcrop.services.transcribe.redaction import redacted, unredactable
from outcrop.services.transcribe.resources import CALL_JOB
from outcrop.services.transcribe.runs import JSON, Run, as_json, family_of

JUDGED = frozenset(("en", "fr"))
"""The languages whose sentiment the classifier was made for."""


@dataclass(frozen=True, slots=True)
class _Run(Run):
    """One call to be analysed."""

    async def go(self) -> dict[str, Any]:
        """See `Run.go`."""
        sound = await self.inspect()
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
        code, score = (await self.identify(self.settings.get("LanguageOptions", ())))[0]
        if self.settings.get("ContentRedaction") and (reason := unredactable(self.engines, code)):
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
            passages = [one async for one in self.transcriber.transcribe(sound, hearing)]
            items[role] = items_of(passages, f"ch_{channel}")
            times = await self.transcriber.find_speech(sound)
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
            levels = await self.transcriber.measure_levels(sound, spans)
            measured += [replace(turn, levels=each) for turn, each in zip(own, levels, strict=True)]
        return sorted(measured, key=lambda turn: turn.begin)

    async def _judged(self, turns: list[Turn], code: str) -> list[Turn]:
        """Return turns with their moods, where the classifier knows the language."""
        if language_of(code) not in JUDGED or not turns:
            return turns
        judgements = await self.engines.sentiment.judge([turn.text for turn in turns])
        return [
            replace(turn, sentiment=judgement.sentiment.upper())
            for turn, judgement in zip(turns, judgements, strict=True)
        ]

    async def _redacted(self, call: Call, code: str) -> Call:
        """Return a call without personal data.

        It is read as one text, so that a question tells what its answer is.
        """
        asked = self.settings["ContentRedaction"]
        items = [
            replace(item, channel="", speaker=str(at))
            for at, turn in enumerate(call.turns)
            for item in turn.items
        ]
        told: dict[str, list[Item]] = {}
        for item in await redacted(self.engines, items, code=code, asked=asked):
            told.setdefault(item.speaker, []).append(replace(item, speaker=""))
        turns = [replace(turn, items=told[str(at)]) for at, turn in enumerate(call.turns)]
        return replace(call, turns=turns)

    def _filtered(self, call: Call, code: str) -> Call:
        """Return a call as the vocabulary filter wants it."""
        names = self.job.document["words"].get(code, {}).get("filter", ())
        if not names:
            return call
        method = self.settings.get("VocabularyFilterMethod", "mask")
        kept = [
            replace(turn, items=items)
            for turn in call.turns
            if (items := filtered(turn.items, names, method))
        ]
        return replace(call, turns=kept)

    async def _write(self, call: Call, code: str) -> dict[str, Any]:
        """Write the documents; return where they are."""
        bucket, folder, name = self.job.document["output"]
        writer = await self.writer(bucket)
        categories = categories_of(call, self.job.document["rules"])
        asked = self.settings.get("ContentRedaction", {})
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
            await writer.objects.write(bucket, key, as_json(document), content_type=JSON)
            places[form] = [bucket, key]
        return places


FAMILY = family_of(CALL_JOB, "StartCallAnalyticsJob", _Run)
