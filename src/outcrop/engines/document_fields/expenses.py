"""Invoices and receipts: by the meaning of labels and of columns' headings."""

import re
from collections.abc import Iterator, Mapping, Sequence

from outcrop.engines.document_fields.interface import (
    ColumnKind,
    Expense,
    ExpenseField,
    ExpenseKind,
    FilledCell,
    FilledTable,
    ItemField,
    Line,
    Table,
    text_of,
)
from outcrop.engines.document_fields.labels import find_labelled, kind_of
from outcrop.engines.document_fields.tables import fill

SUMMARY: Mapping[ExpenseKind, Sequence[str]] = {
    "invoice number": (
        *("invoice number", "invoice no", "invoice #", "invoice id", "receipt number"),
        *("receipt no", "numero de facture", "facture no", "no de facture", "no facture"),
    ),
    "invoice date": (
        *("invoice date", "receipt date", "date of invoice", "date", "date de facture"),
        *("date de la facture", "date d emission", "date facture"),
    ),
    "due date": ("due date", "payment due", "date d echeance", "echeance"),
    "order date": ("order date", "date de commande"),
    "delivery date": ("delivery date", "date de livraison"),
    "order number": ("po number", "purchase order", "po", "numero de commande", "bon de commande"),
    "customer number": ("customer number", "customer id", "numero client", "numero de client"),
    "account number": ("account number", "account no", "numero de compte"),
    "payment terms": ("payment terms", "terms", "conditions de paiement"),
    "vendor": ("vendor", "seller", "supplier", "fournisseur", "vendeur"),
    "vendor phone": ("phone", "tel", "telephone"),
    "vendor website": ("website", "web", "site web"),
    "receiver": ("bill to", "sold to", "billed to", "customer", "client", "facture a"),
    "tax number": ("vat number", "tax id", "numero de tva", "no de tva", "no tva", "siret"),
    "subtotal": ("subtotal", "sub total", "sous total", "total ht", "montant ht"),
    "tax": ("tax", "vat", "sales tax", "tva", "montant tva", "total tva"),
    "discount": ("discount", "remise"),
    "shipping": ("shipping", "shipping and handling", "frais de port"),
    "gratuity": ("tip", "gratuity", "pourboire"),
    "total": ("total", "grand total", "total ttc", "montant total", "montant ttc", "total due"),
    "amount due": ("amount due", "balance due", "net a payer", "reste a payer"),
    "amount paid": ("amount paid", "paid", "montant paye"),
}
COLUMNS: Mapping[ColumnKind, Sequence[str]] = {
    "item": ("item", "description", "product", "designation", "article", "libelle", "produit"),
    "quantity": ("quantity", "qty", "quantite", "qte"),
    "unit price": ("unit price", "prix unitaire", "pu", "p u", "pu ht", "rate"),
    "price": ("amount", "price", "total", "line total", "montant", "prix", "montant ht"),
    "product code": ("sku", "code", "product code", "reference", "ref"),
}
CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
CURRENCY_CODE = re.compile(r"\b(EUR|USD|GBP|CHF|CAD|JPY|AUD)\b")


def read_expense(lines: Sequence[Line], tables: Sequence[Table]) -> Expense:
    """Return what an invoice or a receipt says; what stands in items is no summary."""
    rows = [list(_item_rows(table)) for table in fill(lines, tables)]
    in_items = {
        id(word) for table in rows for _, row in table for cell in row for word in cell.words
    }
    labelled = [
        ExpenseField(each.kind, each.share, each.key, each.value, _currency(text_of(each.value)))
        for each in find_labelled(lines, SUMMARY)
        if not any(id(word) in in_items for word in each.value)
    ]
    items = [
        [[_item_field(headings[each.column], each) for each in row] for headings, row in table]
        for table in rows
    ]
    return Expense(labelled, [table for table in items if table])


def _item_rows(table: FilledTable) -> Iterator[tuple[Mapping[int, FilledCell], list[FilledCell]]]:
    """Give the rows of a table's items and its headings: a row of a total is none."""
    if not table.header_rows:
        return
    headings = {each.column: each for each in table.row(0)}
    for number in range(table.header_rows, 1 + max(each.row for each in table.fields)):
        row = [each for each in table.row(number) if each.words]
        if row and kind_of(row[0].text, SUMMARY)[0] is None:
            yield headings, row


def _item_field(heading: FilledCell, field: FilledCell) -> ItemField:
    kind, share = kind_of(heading.text, COLUMNS)
    return ItemField(kind, share, heading.words, field.words, field.cell.score)


def _currency(text: str) -> str | None:
    """Return the code of the currency that an amount names."""
    if code := CURRENCY_CODE.search(text):
        return code[1]
    return next((code for sign, code in CURRENCIES.items() if sign in text), None)
