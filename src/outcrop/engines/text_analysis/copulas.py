"""Forms of "be" that are verbs of their own ("it is late"), and not auxiliaries ("it is raining").

Universal tags of today call both `AUX`; Comprehend has `VERB` for the first. What follows tells
them apart nearly as well as a parser, which takes half as long again.
"""

from spacy.tokens import Doc, Token

BE = frozenset(("be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m"))
ASKING = frozenset(("WP", "WRB"))
"""Penn tags of words that begin questions: "what", "why"."""
SUBJECTS = frozenset(("PRON", "DET", "NOUN", "PROPN", "ADJ"))
BETWEEN = frozenset(("ADV", "PART", "SPACE"))
FURTHEST = 5
"""Words between an auxiliary and its verb."""


def is_copula(doc: Doc, place: int) -> bool:
    """Tell whether the word at a place is a form of "be" with no other verb behind it."""
    if doc[place].lower_.replace("\u2019", "'") not in BE:
        return False
    between = BETWEEN | SUBJECTS if _asks(doc, place) else BETWEEN
    behind = (doc[at] for at in range(place + 1, min(place + 2 + FURTHEST, len(doc))))
    verb = next((word for word in behind if word.pos_ not in between or word.tag_ == "TO"), None)
    return verb is None or verb.tag_ not in ("VBG", "VBN")


def _asks(doc: Doc, place: int) -> bool:
    """Tell whether a subject may stand behind it: "Is she …", "What are you …"."""
    before = place - 1
    if before >= 0 and doc[before].tag_ in ASKING:
        before -= 1
    return before < 0 or _ends_a_sentence(doc[before])


def _ends_a_sentence(word: Token) -> bool:
    return word.text in (".", "?", "!") or word.is_space
