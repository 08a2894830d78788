"""What all translations share: terminologies, settings, and what is told of them afterwards.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslationSettings.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.engines.translation.interface import (
    Example,
    Pair,
    Passage,
    Register,
    Term,
    Translation,
    Wishes,
)
from outcrop.engines.translation.register_words import LANGUAGES as WITH_FORMALITY
from outcrop.operations import Call
from outcrop.services.translate import shapes
from outcrop.services.translate.engine_errors import engine_errors
from outcrop.services.translate.profanity import can_mask, masked
from outcrop.services.translate.resources import TERMINOLOGY, find
from outcrop.services.translate.term_files import Row
from outcrop.services.translate.terminologies import rows_of
from outcrop.storage.records.interface import Record

REGISTERS: Mapping[str, Register] = {"FORMAL": "formal", "INFORMAL": "informal"}
MOST_APPLIED_TERMS = 250
MODEL_HEADER = "x-outcrop-model"
"""Says which engine really translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminology:
    """A terminology at hand."""

    record: Record
    rows: Sequence[Row]

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.name

    def terms(self, pair: Pair) -> list[Term]:
        """Return its terms from one language into another; none where it has not both."""
        languages: list[str] = self.record.document["languages"]
        is_multi = self.record.document["directionality"] == "MULTI"
        if pair.source != languages[0] and not is_multi:
            return []
        return [
            Term(row.texts[pair.source], row.texts[pair.target])
            for row in self.rows
            if pair.source in row.texts and pair.target in row.texts
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a request wants its texts translated."""

    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """As the request has them."""
    terminology: Terminology | None = None
    examples: Mapping[Pair, Sequence[Example]] = field(
        default_factory=dict[Pair, Sequence[Example]]
    )

    def wishes(self, pair: Pair) -> Wishes:
        """Return what of it concerns the engine."""
        formality = self.settings.get("Formality")
        return Wishes(
            register=REGISTERS[formality] if formality and pair.target in WITH_FORMALITY else None,
            is_brief=self.settings.get("Brevity") == "ON",
            terms=self.terminology.terms(pair) if self.terminology else (),
            examples=self.examples.get(pair, ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """Passages in another language."""

    passages: Sequence[Sequence[str]]
    """Their runs."""
    terms: Sequence[Term]
    """Those that were applied, in the order of the text, each once."""
    manner: Manner
    pair: Pair
    keeps_register: bool

    def tell(self, answer: Any) -> None:
        """Add to an answer what was applied of terminologies and settings."""
        if self.manner.terminology is not None:
            terms = [
                {"SourceText": term.source, "TargetText": term.target}
                for term in self.terms[:MOST_APPLIED_TERMS]
            ]
            answer["AppliedTerminologies"] = [
                {"Name": self.manner.terminology.name, "Terms": terms}
            ]
        if settings := self._applied_settings():
            answer["AppliedSettings"] = settings

    def _applied_settings(self) -> dict[str, str]:
        """Return the settings that the text obeys; a same language leaves all but one aside."""
        wanted = dict(self.manner.settings)
        is_same = self.pair.source == self.pair.target
        if is_same or self.pair.target not in WITH_FORMALITY or not self.keeps_register:
            wanted.pop("Formality", None)
        if is_same:
            wanted.pop("Brevity", None)
        return wanted


async def manner_of(call: Call, request: Mapping[str, Any]) -> Manner:
    """Return how a request wants its texts translated.

    Raises:
        ServiceError: It names several terminologies, or one that is not there.
    """
    names = request.get("TerminologyNames", [])
    if len(names) > 1:
        raise shapes.InvalidRequestException("Only one terminology can be applied to a request.")
    terminology = None
    if names:
        record = await find(call, TERMINOLOGY, names[0])
        terminology = Terminology(record=record, rows=await rows_of(call, record))
    return Manner(settings=request.get("Settings", {}), terminology=terminology)


async def translated(
    call: Call, passages: Sequence[Passage], pair: Pair, manner: Manner
) -> Translated:
    """Translate passages as a request wants it.

    Raises:
        ServiceError: Nothing here translates the pair, or not in this manner.
    """
    masks = manner.settings.get("Profanity") == "MASK"
    if masks and not can_mask(pair.target):
        raise shapes.InvalidRequestException(
            f"Profane words of the target language {pair.target} are not known here."
        )
    done = await _translated(call, passages, pair, manner)
    runs = [list(one.runs) for one in done]
    if masks:
        runs = [
            [masked(run, pair, " ".join(passage.runs)) for run in one]
            for one, passage in zip(runs, passages, strict=True)
        ]
    terms = dict.fromkeys(term for one in done for term in one.terms)
    return Translated(
        passages=runs,
        terms=list(terms),
        manner=manner,
        pair=pair,
        keeps_register=all(one.keeps_register for one in done),
    )


async def _translated(
    call: Call, passages: Sequence[Passage], pair: Pair, manner: Manner
) -> list[Translation]:
    if pair.source == pair.target:
        return [Translation(runs=passage.runs) for passage in passages]
    engine = call.backends.engines.translation
    with engine_errors(pair):
        call.answer_headers[MODEL_HEADER] = engine.traits(pair).name
        return await engine.translate(passages, pair, manner.wishes(pair))
