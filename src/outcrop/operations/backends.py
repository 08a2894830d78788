"""What handlers work with; `assembly` fills it in."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outcrop.aws.session_tokens import SessionTokens
from outcrop.engines.chat.interface import Chat
from outcrop.engines.document_fields.interface import FieldReader
from outcrop.engines.document_layout.interface import LayoutReader
from outcrop.engines.document_marks.interface import MarkFinder
from outcrop.engines.document_pages.interface import DocumentPages
from outcrop.engines.document_texts.interface import DocumentEditor
from outcrop.engines.documents.interface import DocumentReader
from outcrop.engines.entity_recognizers.interface import EntityRecognizers
from outcrop.engines.faces.interface import FaceFinder
from outcrop.engines.image_labels.interface import ImageLabeler
from outcrop.engines.image_properties.interface import ImageMeter
from outcrop.engines.language_identification.interface import LanguageIdentifier
from outcrop.engines.linear_classifiers.interface import LinearClassifiers
from outcrop.engines.moderation.interface import ImageModerator
from outcrop.engines.ocr.interface import Reader
from outcrop.engines.personal_data.interface import PersonalDataFinder
from outcrop.engines.sentiment.interface import SentimentJudge
from outcrop.engines.speech_to_text.interface import SpeakerTeller, Transcriber
from outcrop.engines.text_analysis.interface import TextAnalyzer
from outcrop.engines.text_to_speech.interface import Synthesizer
from outcrop.engines.topics.interface import TopicModeler
from outcrop.engines.toxicity.interface import ToxicityJudge
from outcrop.engines.translation.interface import Translator
from outcrop.engines.video_frames.interface import VideoSplitter
from outcrop.jobs.jobs import Jobs
from outcrop.operations.background import Background
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import RecordStore

if TYPE_CHECKING:
    from outcrop.engines.embeddings.interface import Embeddings
    from outcrop.operations.call import Call

Ask = Callable[["Call", str, str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Run another service's operation for a caller: (call, service, operation, parameters)."""

ReadInput = Callable[[str, str, Any], dict[str, Any]]
"""Return an operation's input from a JSON value, checked: (service, operation, value).

Raises:
    ServiceError: The value breaks the service model.
"""


PublicBucket = Callable[["Call", str], Awaitable[bool]]
"""Make a bucket that AWS keeps for everybody, and tell whether one of this name is such."""


async def _no_public_bucket(_call: "Call", _name: str) -> bool:
    return False


def utc_now() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The abilities, one field each."""

    chat: Chat
    embeddings: "Embeddings"
    documents: DocumentReader
    document_texts: DocumentEditor
    document_fields: FieldReader
    document_layout: LayoutReader
    document_marks: MarkFinder
    document_pages: DocumentPages
    faces: FaceFinder
    image_labels: ImageLabeler
    image_properties: ImageMeter
    moderation: ImageModerator
    video_frames: VideoSplitter
    language_identification: LanguageIdentifier
    text_analysis: TextAnalyzer
    personal_data: PersonalDataFinder
    sentiment: SentimentJudge
    topics: TopicModeler
    toxicity: ToxicityJudge
    linear_classifiers: LinearClassifiers
    entity_recognizers: EntityRecognizers
    ocr: Reader
    synthesizer: Synthesizer
    transcriber: Transcriber
    speaker_teller: SpeakerTeller
    translation: Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class BedrockRequestSettings:
    """How Bedrock's models take requests."""

    strict: bool = False
    """Refuse what AWS refuses though its own examples do it: no `anthropic_version`, no
    `max_tokens`, members that no model knows."""
    max_tokens: int = 512
    """The longest answer to a request that names no length."""
    answer_seconds: float = 45.0
    """How long such an answer may take if it is not streamed; 0: as long as it takes."""


def passing_sessions() -> SessionTokens:
    """Return session tokens that end with this process."""
    return SessionTokens(os.urandom(32))


def _read_input_later(service: str, operation: str, value: Any) -> dict[str, Any]:
    raise RuntimeError("The gateway puts its own `read_input` here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """The stores and engines of one server."""

    records: RecordStore
    blobs: BlobStore
    engines: Engines
    jobs: Jobs
    ask: Ask
    read_input: ReadInput = field(default=_read_input_later)
    """For operations that other services are asked for on behalf of a caller's document."""
    public_bucket: PublicBucket = _no_public_bucket
    """Asked by S3 for buckets that are not there."""
    sessions: SessionTokens = field(default_factory=passing_sessions)
    """What STS issues temporary credentials with: the same that authentication opens them with."""
    now: Callable[[], datetime] = utc_now
    bedrock: BedrockRequestSettings = field(default_factory=BedrockRequestSettings)
    background: Background = field(default_factory=Background)
    """What goes on beside requests; whoever makes the backends closes it."""
    webhook_url: str = ""
    """Where the events are posted that AWS would send to queues, topics and functions; empty:
    nowhere."""
