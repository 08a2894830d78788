"""What personal data looks like.

A rule is a pattern, and a check of what it found. What a rule marks is its group `it`, or all of
its find. Its score says how telling it is: `SURE` for forms and checksums that chance hardly makes,
`NAMED` for what a word before it names, `LIKELY` for forms that other things may have.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from outcrop.engines.personal_data import checksums
from outcrop.engines.personal_data.interface import Kind

SURE, NAMED, LIKELY = 0.99, 0.95, 0.8
GAP = r"(?:\s*(?:number|no\.?|num[ée]ro|n°|code|is|est|are|of|:|=|#|->|-)\s*){0,4}\s*"
"""Between the word that names something and the thing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of data is found."""

    kind: Kind
    pattern: re.Pattern[str]
    score: float
    check: Callable[[str], bool] | None = None


def _rule(
    kind: Kind, pattern: str, score: float, check: Callable[[str], bool] | None = None
) -> Rule:
    return Rule(kind, re.compile(pattern), score, check)


def _named(
    kind: Kind, names: str, pattern: str, check: Callable[[str], bool] | None = None
) -> Rule:
    """Return a rule for what stands behind a word that names it, in any case."""
    return _rule(kind, rf"(?i:\b(?:{names})\b){GAP}(?P<it>{pattern})", NAMED, check)


_MONTH = (
    r"(?i:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|"
    r"aug(?:ust|\.)?|sep(?:tember|t\.?)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_STREET_FR = (
    r"(?i:rue|avenue|av\.|boulevard|bd\.?|place|chemin|impasse|allée|quai|route|cours|square|"
    r"passage|faubourg|ruelle|sentier|esplanade)"
)
_STREET_EN = (
    r"(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Boulevard|Blvd\.?|Lane|Ln\.?|Drive|Dr\.?|Court|Ct\.?"
    r"|Way|Place|Pl\.?|Square|Terrace|Crescent|Parkway|Pkwy\.?|Highway|Hwy\.?)"
)
_WORD = r"[A-ZÀ-Ý][\w'\u2019-]{0,30}"
_SMALL = r"(?:de|du|des|la|le|les|l['\u2019]|d['\u2019]|à|aux?|et|sur|en|sous|lès|saint|sainte)"
_CITY_FR = rf"{_WORD}(?:[ -](?:{_SMALL}[ -]?)?{_WORD}){{0,4}}"
_CITY_EN = rf"{_WORD}(?: {_WORD}){{0,3}}"
_SHOWN_OR_NOT = r"[\dXx*•]"
"""A digit, or what stands for one that is not shown, as in "XXXXXX1111"."""
_END_SHOWN = r"[Xx*•]{2,16}[ -]?\d{2,8}(?!\w)"
_SMALL_EN = r"(?:a|an|and|are|as|at|by|for|from|in|is|it|of|on|or|the|this|to|was|with)"
_BEHIND_STREET_EN = (
    r"(?!\w)(?:,? (?:Apt\.?|Apartment|Suite|Ste\.?|Unit|Flat|#) ?[\w-]{1,6})?"
    rf"(?:, ?{_CITY_EN})?(?:(?:, ?| )[A-Z]{{2}}(?!\w))?"
    r"(?:(?:, ?| )\d{5}(?:-\d{4})?|,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})?(?!\w)"
)
_GAP_NIR = r"[ \u00a0\u202f.-]?"
_NIR = (
    rf"[1-478]{_GAP_NIR}\d{{2}}{_GAP_NIR}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP_NIR}(?:\d{{2}}|2[ABab])"
    rf"{_GAP_NIR}\d{{3}}{_GAP_NIR}\d{{3}}"
)
"""Without its key, which a checksum tells: see `checksums.french_nir`."""
_HEX = r"[0-9A-Fa-f]"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

RULES = (
    _rule("email", r"\b[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b", SURE),
    _rule(
        "url",
        r"\b(?:https?|ftp)://[^\s<>\"'()\[\]{}]{1,2000}[^\s<>\"'()\[\]{}.,;:!?]"
        r"|\bwww\.[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?:/[^\s<>\"'()]{0,500}"
        r"[^\s<>\"'().,;:!?])?",
        SURE,
    ),
    _rule(  # A bare name, as in "your account at example.com".
        "url",
        r"(?<![\w@./:-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}"
        r"(?:com|org|net|edu|gov|info|biz|io|eu|uk|fr|ch|ca)(?![\w@-]|\.\w)"
        r"(?:/[^\s<>\"'()]{0,500}[^\s<>\"'().,;:!?])?",
        LIKELY,
    ),
    _rule(
        "iban", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", SURE, checksums.iban
    ),
    _rule(
        "card_number",
        r"(?<![\d.])(?:[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}"
        r"|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\d])",
        SURE,
        checksums.luhn,
    ),
    _named(
        "card_number",
        r"(?:credit|debit|bank|payment)? ?card(?:\s+account)?"
        r"|carte(?: bancaire| bleue| de crédit)?",
        rf"(?=\D{{0,18}}\d)(?:{_SHOWN_OR_NOT}{{4}}[ -]?){{3}}{_SHOWN_OR_NOT}{{4}}(?!\w)"
        rf"|{_END_SHOWN}",
    ),
    _rule("french_nir", rf"(?<!\d){_NIR}{_GAP_NIR}\d{{2}}(?!\d)", SURE, checksums.french_nir),
    _named(
        "french_nir",
        r"nir|(?:num[ée]ro |n° )?(?:de )?s[ée]curit[ée] sociale|sécu",
        rf"{_NIR}(?:{_GAP_NIR}\d{{2}})?(?!\d)",
    ),
    _rule("aws_access_key", r"\b(?:AKIA|ASIA|AIDA|AROA|AGPA|ANPA|ANVA|AIPA)[A-Z0-9]{16}\b", SURE),
    _named(
        "aws_secret_key",
        r"secret[ _-]?(?:access[ _-]?)?key|aws_secret_access_key",
        r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
        checksums.looks_random,
    ),
    _rule("mac_address", rf"\b{_HEX}{{2}}(?:([:-]){_HEX}{{2}})(?:\1{_HEX}{{2}}){{4}}\b", SURE),
    _rule(
        "ip_address",
        rf"(?<![\d.]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d]|\.\d)",
        SURE,
        checksums.ip_address,
    ),
    _rule(
        "ip_address",
        rf"(?<![\w:])(?:{_HEX}{{0,4}}:){{2,7}}{_HEX}{{0,4}}(?![\w:])",
        SURE,
        checksums.ip_address,
    ),
    _rule("us_itin", r"(?<![\d-])9\d{2}([- ])\d{2}\1\d{4}(?![\d-])", SURE, checksums.us_itin),
    _rule("us_ssn", r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])", SURE, checksums.us_ssn),
    _named("us_ssn", r"ssn|social security", r"\d{3}[ -]?\d{2}[ -]?\d{4}(?!\d)"),
    _rule(
        "uk_nino",
        r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        r"( ?)\d{2}\1\d{2}\1\d{2}\1[A-D]\b",
        SURE,
    ),
    _named(
        "uk_nhs",
        r"nhs(?: number)?",
        r"\d{3}([ -]?)\d{3}\2\d{4}(?!\d)".replace("\\2", "[ -]?"),
        checksums.uk_nhs,
    ),
    _named("uk_utr", r"utr|unique tax(?:payer)? reference", r"\d{5} ?\d{5}(?!\d)"),
    _named(
        "canadian_sin",
        r"sin|social insurance(?: number)?|nas",
        r"\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)",
        checksums.luhn,
    ),
    _named(
        "canadian_health",
        r"health (?:card|insurance|care)(?: number)?|ohip|carte santé",
        r"\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Z]{2})?(?!\d)|[A-Z]{4} ?\d{4} ?\d{4}",
    ),
    _rule("indian_pan", r"\b[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]\b", SURE),
    _named(
        "indian_aadhaar",
        r"aadhaar|aadhar|uidai",
        r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?!\d)",
        checksums.verhoeff,
    ),
    _named("indian_voter", r"voter(?: id)?|epic", r"[A-Z]{3}\d{7}\b"),
    _rule("indian_nrega", r"\b[A-Z]{2}-\d{2}-\d{3}-\d{3}-\d{3}/\d{3}\b", SURE),
    _rule(
        "vehicle",
        r"\b(?=[A-HJ-NPR-Z0-9]*\d)(?=[0-9]*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b",
        SURE,
        checksums.vehicle,
    ),
    _named(
        "vehicle", r"vin|vehicle identification|numéro de série|chassis", r"[A-HJ-NPR-Z0-9]{17}\b"
    ),
    _named("bank_routing", r"routing(?: transit)?|aba|rtn", rf"\d{{9}}(?!\d)|{_END_SHOWN}"),
    _named(
        "bank_account",
        r"(?:bank |checking |savings )?(?:account|acct\.?)|compte(?: bancaire)?",
        rf"\d[\d -]{{4,17}}\d(?!\d)|{_END_SHOWN}",
    ),
    _named("swift_code", r"swift|bic", r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b"),
    _named(
        "card_code", r"cvv2?|cvc2?|cid|security code|cryptogramme(?: visuel)?", r"\d{3,4}(?!\d)"
    ),
    _named(
        "card_expiry",
        r"exp(?:ir(?:y|es?|ation|ing|ant))?\.?(?: date)?(?: le| on| end)?"
        r"|valid (?:thru|until|through)|valable jusqu['\u2019]au",
        r"(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?\d{2}(?![\d/-])",
    ),
    _named("pin", r"pin|code pin|code secret", r"\d{4,6}(?!\d)"),
    _named(
        "phone",
        r"phone|telephone|cell|mobile|fax",
        r"(?:\+?1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)",
    ),
    _named("passport", r"passports?|passeports?", r"(?=[A-Z0-9]*\d)[A-Z0-9]{6,9}\b"),
    _named(
        "driving_licence",
        r"driv(?:er|ing)(?:['\u2019]?s)?[ -]licen[cs]e|driver id"
        r"|permis de conduire|dl",
        r"(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{5,17}[A-Z0-9]\b",
    ),
    _named(
        "licence_plate",
        r"(?:license|licence|number) plates?|plaque(?: d['\u2019]immat"
        r"riculation)?|immatricul(?:ée?|ation)",
        r"(?=[A-Z0-9 -]*\d)[A-Z0-9]{1,4}[ -]?[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,3})?\b",
    ),
    _rule("licence_plate", r"\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b", SURE),
    _named(
        "username",
        r"user ?name|user ?id|login|handle|identifiant|nom d['\u2019]utilisateur"
        r"|pseudo",
        r"@?(?=[\w.-]*[\w])[A-Za-z][\w.-]{2,30}\w\b",
    ),
    _named(
        "password",
        r"password|passwd|pwd|passphrase|mot de passe|mdp",
        r"(?=\S*[\d!@#$%^&*_?~-])\S{5,64}[^\s.,;:)\"']",
    ),
    _rule(
        "age",
        r"\b(?P<it>\d{1,3}(?: |-)years?)(?: |-)old\b|\b(?:aged|age[:]?|âgée?s? de) "
        r"(?P<it2>\d{1,3}(?: ans)?)\b(?! %)|\b(?i:ai|a|avait|fêt[ée]\w*) (?P<it3>\d{1,3} ans)\b",
        NAMED,
    ),
    _rule(
        "address",
        rf"\b\d{{1,5}}(?: ?(?:bis|ter|quater))?,? {_STREET_FR}"
        rf"(?: {_SMALL}| ?[dl]['\u2019]){{0,3}} ?{_WORD}"
        rf"(?:[ -](?:{_SMALL} ?)*{_WORD}){{0,4}}"
        rf"(?:,? (?:à )?\d{{5}}(?: {_CITY_FR})?|, {_CITY_FR})?",
        NAMED,
    ),
    _rule(
        "address",
        rf"\b\d{{1,5}}[A-Z]? (?:(?:North|South|East|West|N\.?|S\.?|E\.?|W\.?) )?"
        rf"(?:\d{{1,3}}(?:st|nd|rd|th)|{_WORD})(?: {_WORD}){{0,3}}? {_STREET_EN}"
        rf"{_BEHIND_STREET_EN}",
        NAMED,
    ),
    _named(
        "address",
        r"address|lives? at|living at",
        rf"\d{{1,5}}[A-Za-z]? (?:(?!{_SMALL_EN} )[\w'\u2019-]{{1,30}} ){{1,3}}?(?i:{_STREET_EN})"
        rf"{_BEHIND_STREET_EN}",
    ),
    _rule("address", r"\bP\.? ?O\.? Box \d{1,6}\b|\b[Bb]oîte postale \d{1,6}\b", NAMED),
    _rule(
        "date",
        rf"\b\d{{1,2}}(?:st|nd|rd|th|er)?(?: of)? {_MONTH}(?:,? \d{{4}})?\b"
        rf"|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b(?!\s?%)"
        rf"|\b{_MONTH},? (?:19|20)\d{{2}}\b"
        r"|(?<![\d/-])\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?![\d-])"
        r"|(?<![\d/.-])\d{1,2}([/.-])\d{1,2}\1(?:19|20)?\d{2}(?![\d/-]|\.\d)"
        r"|\b(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
        r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b"
        r"|\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[aApP]\.?[mM]\b)?|\b\d{1,2} ?[aApP]\.?[mM]\b"
        r"|\b\d{1,2} ?h(?: ?\d{2})?\b",
        NAMED,
    ),
    _rule(
        "name",
        rf"(?:(?i:my name is|i am called|je m['\u2019]appelle|mon nom est))\s+"
        rf"(?P<it>{_WORD}(?: {_WORD}){{0,3}})"
        r"|\b(?:Mr|Mrs|Ms|Miss|Dr|Mme|Mlle|Monsieur|Madame|Maître)\b\.? "
        rf"(?P<it2>{_WORD}(?:[ -]{_WORD}){{0,2}})",
        NAMED,
    ),
)
"""In order of precedence: what an earlier rule found, a later one does not find again."""


_BETWEEN = r"(?:\W+[\w'\u2019]+){0,4}?\W+"
"""Up to four words between the name of a number and the number, where somebody speaks."""


def _dictated(kind: Kind, names: str, pattern: str) -> Rule:
    return _rule(kind, rf"(?i:\b(?:{names})\b){_BETWEEN}(?P<it>{pattern})(?!\d)", LIKELY)


SPOKEN_RULES = (
    _dictated("card_code", r"c[ .-]?v[ .-]?[vc]|security code|cryptogramme", r"\d{3,4}"),
    _dictated("card_number", r"(?:credit|debit|bank)? ?card|visa|mastercard|carte", r"\d{12,19}"),
    _dictated("us_ssn", r"social security|social|s[ .-]?s[ .-]?n", r"\d{9}"),
    _dictated("french_nir", r"sécurité sociale|sécu", r"\d{13,15}"),
    _dictated("bank_routing", r"routing", r"\d{9}"),
    _dictated("bank_account", r"account|compte", r"\d{6,18}"),
    _dictated("pin", r"pin|code secret", r"\d{4,6}"),
    _dictated(
        "phone",
        r"(?:tele)?phone|cell|mobile|call (?:me|us)(?: back)?|reach me|téléphone|portable|numéro"
        r"|appele[rz](?:-moi| moi)?|joindre",
        r"\+?\d{7,15}",
    ),
)
"""Of what is dictated, and was perhaps misheard: a wrong checksum does not matter."""
