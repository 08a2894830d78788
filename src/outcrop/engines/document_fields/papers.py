"""What kind of paper a page is of: by what papers of a kind print on themselves."""

from collections.abc import Mapping, Sequence

from outcrop.engines.document_fields.expenses import SUMMARY
from outcrop.engines.document_fields.identity import LABELS, LICENCES
from outcrop.engines.document_fields.interface import Line, PaperKind, text_of
from outcrop.engines.document_fields.labels import find_labelled, plain
from outcrop.engines.document_fields.machine_readable import has_zone

FORMS: Mapping[PaperKind, tuple[str, str]] = {
    "W-2": ("w 2", "wage and tax statement"),
    "W-9": ("w 9", "request for taxpayer"),
    "1003": ("form", "uniform residential loan application"),
    "1005": ("form", "request for verification of employment"),
    "1008": ("form", "uniform underwriting and transmittal summary"),
    "1040 schedule C": ("schedule c", "profit or loss from business"),
    "1040 schedule D": ("schedule d", "capital gains and losses"),
    "1040 schedule E": ("schedule e", "supplemental income and loss"),
    "1040": ("1040", "individual income tax return"),
    "1065": ("1065", "return of partnership income"),
    "1099-DIV": ("1099 div", "dividends and distributions"),
    "1099-G": ("1099 g", "certain government payments"),
    "1099-INT": ("1099 int", "interest income"),
    "1099-NEC": ("1099 nec", "nonemployee compensation"),
    "1099-R": ("1099 r", "distributions from pensions"),
    "1120-S": ("1120 s", "income tax return for an s corporation"),
    "1120": ("1120", "corporation income tax return"),
}
"""The name and the title of forms of the United States; both stand on them.

Source: https://www.irs.gov/forms-instructions
Source: https://singlefamily.fanniemae.com/selling-servicing-guide-forms
"""
HEADINGS: Mapping[PaperKind, frozenset[str]] = {
    "invoice": frozenset(("invoice", "tax invoice", "commercial invoice", "facture")),
    "receipt": frozenset(("receipt", "sales receipt", "recu", "ticket de caisse")),
}
"""What stands alone in a line of an invoice or a receipt."""
NUMBERS: Mapping[PaperKind, tuple[str, ...]] = {
    "invoice": ("invoice", "facture"),
    "receipt": ("receipt", "recu", "ticket"),
}
"""What the label of its number speaks of."""
AMOUNTS = frozenset(("subtotal", "total", "amount due", "amount paid"))
LEAST_IDENTITY_FIELDS = 3


def kind_of_paper(lines: Sequence[Line]) -> PaperKind | None:
    """Return what kind of paper a page is of; `None` where it does not say."""
    text = f" {plain(' '.join(line.text for line in lines))} "
    for kind, (name, title) in FORMS.items():
        if f" {name} " in text and f" {title} " in text:
            return kind
    if _is_identity(lines, text):
        return "identity"
    return _expense_kind(lines)


def _is_identity(lines: Sequence[Line], text: str) -> bool:
    if has_zone([line.text for line in lines]):
        return True
    if not any(f" {name} " in text for name in LICENCES):
        return False
    kinds = {each.kind for each in find_labelled(lines, LABELS)} - {None}
    return len(kinds) >= LEAST_IDENTITY_FIELDS


def _expense_kind(lines: Sequence[Line]) -> PaperKind | None:
    """Return which of the two a page is that tells an amount, by its heading or its number."""
    labelled = find_labelled(lines, SUMMARY)
    if not any(each.kind in AMOUNTS for each in labelled):
        return None
    texts = {plain(line.text) for line in lines}
    keys = [plain(text_of(each.key)).split() for each in labelled if each.kind == "invoice number"]
    for kind, headings in HEADINGS.items():
        if headings & texts or any(word in key for key in keys for word in NUMBERS[kind]):
            return kind
    return None
