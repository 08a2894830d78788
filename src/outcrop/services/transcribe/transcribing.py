"""The work of a transcription job: from a media file in S3 to a transcript in S3.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html and
https://docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html,
"FailureReason"
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from outcrop.aws.language_codes import language_of
from outcrop.engines.speech_to_text.interface import Hearing, SoundFormat
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.transcribe.items import (
    Choice,
    Item,
    choices_of,
    filtered,
    items_of,
    spans_of_speech,
)
from outcrop.services.transcribe.media import CHANNELS, TOO_MANY_CHANNELS
from outcrop.services.transcribe.places import redacted_key
from outcrop.services.transcribe.redaction import redacted
from outcrop.services.transcribe.resources import JOB
from outcrop.services.transcribe.runs import JSON, Run, as_json, family_of
from outcrop.services.transcribe.subtitles import subtitles
from outcrop.services.transcribe.toxicity import judged
from outcrop.services.transcribe.transcripts import Transcript, durations, results_of
from outcrop.services.transcribe.vocabularies import phrases_of
from outcrop.services.transcribe.vocabulary_filters import words_of

SUBTITLES: Mapping[str, str] = {"vtt": "text/vtt", "srt": "application/x-subrip"}
"""Content types of subtitles."""


async def words_for(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by language codes, the phrases and filtered words that a request asks for.

    Raises:
        ServiceError: A vocabulary or a filter is not there.
    """
    settings = request.get("Settings", {})
    of_language: Mapping[str, Any] = request.get("LanguageIdSettings", {})
    if "LanguageCode" in request:
        of_language = {request["LanguageCode"]: settings}
    return await words_of_languages(call, of_language)


async def words_of_languages(call: Call, of_language: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by language codes, the phrases and filtered words that settings ask for.

    Raises:
        ServiceError: A vocabulary or a filter is not there.
    """
    words: dict[str, Any] = {}
    for code, own in of_language.items():
        vocabulary, word_filter = own.get("VocabularyName"), own.get("VocabularyFilterName")
        words[code] = {
            "phrases": list(await phrases_of(call, vocabulary, code)) if vocabulary else [],
            "filter": list(await words_of(call, word_filter, code)) if word_filter else [],
        }
    return words


@dataclass(frozen=True, slots=True)
class _Run(Run):
    """One file to be written down."""

    async def go(self) -> dict[str, Any]:
        """See `Run.go`."""
        sound = await self.inspect()
        if self.settings.get("ChannelIdentification") and sound.channels > CHANNELS:
            raise JobFailedError(TOO_MANY_CHANNELS)
        transcript = await self._judged(await self._transcript(sound))
        told = await self._redacted(transcript)
        told = told and await self._judged(told)
        found: dict[str, Any] = {
            "MediaFormat": self.asked.get("MediaFormat", self.recording.media_format),
            "MediaSampleRateHertz": sound.sample_rate_hz,
            "Settings": {
                "ChannelIdentification": False,
                "ShowAlternatives": False,
                **self.settings,
            },
            **self._languages_found(transcript),
        }
        places = await self._write(self._filtered(transcript), told and self._filtered(told))
        return {"found": found, **places}

    async def _transcript(self, sound: SoundFormat) -> Transcript:
        options: Sequence[str] = self.asked.get("LanguageOptions", ())
        codes = (await self.identify(options))[:5] if self.asked.get("IdentifyLanguage") else []
        hearing = self._hearing(codes)
        is_multilingual = bool(self.asked.get("IdentifyMultipleLanguages"))
        if not options and not is_multilingual:
            options = [codes[0][0] if codes else self.asked["LanguageCode"]]
        apart = bool(self.settings.get("ChannelIdentification"))
        items, choices = await self._heard(hearing, range(sound.channels) if apart else (None,))
        return Transcript(
            items=await self._spoken_by(items),
            channels=sound.channels if apart else 0,
            alternatives=choices if hearing.most_alternatives > 1 else (),
            codes=codes,
            options=options,
            is_multilingual=is_multilingual,
        )

    def _hearing(self, codes: Sequence[tuple[str, float]]) -> Hearing:
        code = codes[0][0] if codes else self.asked.get("LanguageCode")
        words = self.job.document["words"]
        return Hearing(
            language=language_of(code) if code else None,
            languages=[language_of(one) for one in self.asked.get("LanguageOptions", ())],
            phrases=words.get(code, {}).get("phrases", ()),
            most_alternatives=self.settings.get("MaxAlternatives", 1),
        )

    async def _heard(
        self, hearing: Hearing, channels: Iterable[int | None]
    ) -> tuple[list[Item], list[Choice]]:
        """Return what is said on each channel, in order; `None` is all of them together."""
        items, choices = list[Item](), list[Choice]()
        for channel in channels:
            one = replace(self.recording, channel=channel)
            passages = [passage async for passage in self.transcriber.transcribe(one, hearing)]
            name = "" if channel is None else f"ch_{channel}"
            items += items_of(passages, name)
            choices += choices_of(passages, name)
        return sorted(items, key=_start), sorted(choices, key=_start)

    async def _spoken_by(self, items: list[Item]) -> list[Item]:
        """Return items with their speakers, if those are to be told apart."""
        if not self.settings.get("ShowSpeakerLabels"):
            return items
        phrases = spans_of_speech(items)
        speakers = await self.engines.speaker_teller.tell(
            self.recording,
            [(phrase[0].start, phrase[-1].end) for phrase in phrases],
            most=self.settings["MaxSpeakerLabels"],
        )
        return [
            replace(item, speaker=f"spk_{speaker}")
            for phrase, speaker in zip(phrases, speakers, strict=True)
            for item in phrase
        ]

    async def _judged(self, transcript: Transcript) -> Transcript:
        """Return a transcript with how toxic its segments are, if that is asked for."""
        if "ToxicityDetection" not in self.asked:
            return transcript
        return replace(transcript, toxicity=await judged(self.engines, transcript.items))

    async def _redacted(self, transcript: Transcript) -> Transcript | None:
        """Return a transcript without personal data, if there is to be one."""
        asked = self.asked.get("ContentRedaction")
        if not asked:
            return None
        code: str = self.asked["LanguageCode"]

        async def told(items: Sequence[Item]) -> list[Item]:
            return await redacted(self.engines, items, code=code, asked=asked)

        choices = [
            replace(choice, alternatives=[await told(items) for items in choice.alternatives])
            for choice in transcript.alternatives
        ]
        return replace(transcript, items=await told(transcript.items), alternatives=choices)

    def _filtered(self, transcript: Transcript) -> Transcript:
        """Return a transcript as the vocabulary filters want it."""
        names = [word for own in self.job.document["words"].values() for word in own["filter"]]
        if not names:
            return transcript
        method = self.settings.get("VocabularyFilterMethod", "mask")

        def kept(items: Sequence[Item]) -> list[Item]:
            return filtered(items, names, method)

        return replace(
            transcript,
            items=kept(transcript.items),
            alternatives=[
                replace(choice, alternatives=[kept(one) for one in choice.alternatives])
                for choice in transcript.alternatives
            ],
            toxicity=transcript.toxicity
            and [replace(one, items=kept(one.items)) for one in transcript.toxicity],
        )

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

    async def _write(self, transcript: Transcript, told: Transcript | None) -> dict[str, Any]:
        """Write the transcript, the redacted one and subtitles; return where they are.

        Where personal data are redacted, subtitles have none.
        """
        bucket, key = self.job.document["output"]
        call = await self.writer(bucket)
        asked: Mapping[str, Any] = self.job.document["subtitles"] or {}
        shown = told or transcript
        places: dict[str, Any] = {"subtitles": []}
        forms: list[str] = asked.get("Formats", []) if shown.items else []
        for form in forms:
            text = subtitles(shown.items, form=form, first=asked.get("OutputStartIndex", 0))
            place = f"{(redacted_key(key) if told else key).removesuffix('.json')}.{form}"
            await call.objects.write(bucket, place, text.encode(), content_type=SUBTITLES[form])
            places["subtitles"].append([bucket, place])
        if told is not None:
            body = self._document(told, isRedacted=True)
            await call.objects.write(bucket, redacted_key(key), body, content_type=JSON)
            places["redacted"] = [bucket, redacted_key(key)]
        output = self.asked.get("ContentRedaction", {}).get("RedactionOutput")
        if output != "redacted":
            marks: dict[str, Any] = {"isRedacted": False} if output else {}
            body = self._document(transcript, **marks)
            await call.objects.write(bucket, key, body, content_type=JSON)
            places["transcript"] = [bucket, key]
        return places

    def _document(self, transcript: Transcript, **marks: Any) -> bytes:
        document = {
            "jobName": self.job.id,
            "accountId": self.job.call.account,
            **marks,
            "status": "COMPLETED",
            "results": results_of(transcript),
        }
        return as_json(document)


def _start(one: Item | Choice) -> float:
    return one.start


FAMILY = family_of(JOB, "StartTranscriptionJob", _Run)
