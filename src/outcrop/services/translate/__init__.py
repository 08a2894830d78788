"""Amazon Translate: texts and documents in other languages, by engines of this machine."""

from outcrop.operations import Service
from outcrop.services.translate import languages, terminologies, text
from outcrop.services.translate.quirks import TranslateQuirks

SERVICE = Service.of("translate", languages, terminologies, text, quirks=TranslateQuirks())
