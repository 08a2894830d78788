"""Amazon Comprehend: what texts say, by models and rules on this machine."""

from outcrop.operations import Service
from outcrop.services.comprehend import (
    dominant_language,
    entities,
    key_phrases,
    personal_data,
    syntax,
)

SERVICE = Service.of("comprehend", dominant_language, entities, key_phrases, syntax, personal_data)
