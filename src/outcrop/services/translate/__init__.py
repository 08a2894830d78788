"""Amazon Translate: texts and documents in other languages, by engines of this machine."""

from outcrop.operations import Service
from outcrop.services.translate import documents, languages, terminologies, text
from outcrop.services.translate.quirks import TranslateQuirks

SERVICE = Service.of(
    "translate", documents, languages, terminologies, text, quirks=TranslateQuirks()
)
