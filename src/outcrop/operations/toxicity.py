"""What AWS calls the kinds of toxicity, for the services that judge texts and speech.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/toxicity-detection.html
"""

from collections.abc import Mapping

from outcrop.engines.toxicity.interface import ToxicKind

LANGUAGES = frozenset(("en", "fr"))
"""Those in which the classifiers were made and measured."""
NAMES: Mapping[ToxicKind, str] = {
    "graphic": "GRAPHIC",
    "harassment": "HARASSMENT_OR_ABUSE",
    "hate": "HATE_SPEECH",
    "insult": "INSULT",
    "profanity": "PROFANITY",
    "sexual": "SEXUAL",
    "threat": "VIOLENCE_OR_THREAT",
}
