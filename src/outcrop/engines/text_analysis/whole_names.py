"""Names as a reader marks them: what recognizers leave out of them, take for others, or split.

Numbers of accounts, cards and telephones, and addresses of mail and pages, are one mention each,
whatever a recognizer took their parts for. English names get what belongs to them: "$" before a
sum, "LLC" behind a company, "WA" behind a city, the number before a street.
"""

import re
from collections.abc import Iterable, Iterator

from outcrop.engines.text_analysis.rules import RULE_SCORE
from outcrop.engines.text_analysis.spans import Found, without_overlaps

_HIDDEN = r"[Xx*•]"
"""What stands for a digit that is not shown."""
_IDENTIFIER = re.compile(
    r"\b[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
    r"|\bhttps?://[^\s<>\"'()\[\]{}]{1,2000}[^\s<>\"'()\[\]{}.,;:!?]"
    rf"|(?<![\w-])(?:\d|{_HIDDEN}){{4}}(?:[ -](?:\d|{_HIDDEN}){{4}}){{2,4}}(?![\w-])"
    rf"|(?<![\w*•]){_HIDDEN}{{3,16}}\d{{2,8}}(?!\w)"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
    r"|(?<![\w.+-])(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?![\w-])"
    r"|(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?![\w-])"
    r"|(?<![\w.-])0[1-9](?:[ .]\d{2}){4}(?![\w-])"
    # The French social security number: sex, year, month, department, commune, order, key.
    r"|(?<![\w.,-])[1-478](?P<gap>[ \u00a0\u202f.-])\d{2}(?P=gap)\d{2}(?P=gap)(?:\d{2}|2[AB])"
    r"(?P=gap)\d{3}(?P=gap)\d{3}(?:(?P=gap)\d{2})?(?![\w-])"
)

CURRENCIES = frozenset("$€£¥₹")
_COMPANY = re.compile(
    r",? (?:(?:Inc|Ltd|Corp|Co)\b\.?|L\.L\.C\.|(?:LLC|LLP|PLC|Limited|Corporation|Incorporated)\b)"
)
_STATE = (
    r"(?:A[BKLRZ]|BC|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ABDEINOST]|N[BCDEHJLMSTUVY]"
    r"|O[HKNR]|P[ARE]|QC|RI|S[CDK]|T[NX]|UT|V[AT]|W[AIVY]|YT)"
)
"""Of the United States or Canada.

Source: https://pe.usps.com/text/pub28/28apb.htm
"""
_REGION = re.compile(rf", {_STATE}\b(?: \d{{5}}(?:-\d{{4}})?\b)?")
_STREET = re.compile(
    r"\b(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl"
    r"|Square|Sq|Parkway|Pkwy|Highway|Hwy)\b"
)
_HOUSE = re.compile(r"\d{1,5}[A-Z]?")
_PLACES = frozenset(("location", "facility"))


def identifiers(text: str) -> Iterator[Found]:
    """Give the numbers and addresses that stand for an account, a device or a person."""
    for match in _IDENTIFIER.finditer(text):
        yield match.start(), match.end(), "other", RULE_SCORE


def marked(text: str, found: Iterable[Found], *, language: str) -> list[Found]:
    """Return what recognizers found as a reader marks it, in the order of the text."""
    names = sorted(without_overlaps(identifiers(text), found))
    return list(_whole(text, names)) if language == "en" else names


def _whole(text: str, names: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for begin, end, kind, score in names:
        if kept and begin < kept[-1][1]:  # A name before it has grown over it.
            continue
        whole = begin, _end(text, end, kind), kind, score
        if kept and _are_one(text, kept[-1], whole):
            before = kept.pop()
            whole = before[0], whole[1], "facility", min(before[3], score)
        elif kind == "quantity" and begin and text[begin - 1] in CURRENCIES:
            whole = begin - 1, end, kind, score
        kept.append(whole)
    return kept


def _end(text: str, end: int, kind: str) -> int:
    """Return where a name ends with what belongs to it."""
    behind = {"organization": _COMPANY, "location": _REGION, "facility": _REGION}.get(kind)
    match = behind.match(text, end) if behind else None
    return match.end() if match else end


def _are_one(text: str, before: Found, name: Found) -> bool:
    """Tell whether two names are parts of one address: "100", "Main Street" and "Anytown"."""
    first, then = text[before[0] : before[1]], text[name[0] : name[1]]
    between = text[before[1] : name[0]]
    if before[2] in ("quantity", "date"):  # Recognizers take "1600" for a year.
        is_house = between == " " and _HOUSE.fullmatch(first) is not None
        return is_house and name[2] in _PLACES and _STREET.search(then) is not None
    is_street = before[2] == "facility" and _HOUSE.match(first) and _STREET.search(first)
    return bool(is_street) and between == ", " and name[2] in _PLACES
