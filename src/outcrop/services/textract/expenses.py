"""AnalyzeExpense: what invoices and receipts say, by the meaning of labels and of columns.

Source: https://docs.aws.amazon.com/textract/latest/dg/expensedocuments.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.ocr.interface import Word
from outcrop.operations import Call, operation
from outcrop.operations.backends import Engines
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import Finder, api, start, told
from outcrop.services.textract.blocks import PageBlocks, geometry, percent
from outcrop.services.textract.documents import document_file, engine_errors
from outcrop.services.textract.forms import mean_score
from outcrop.services.textract.labels import UNKNOWN, Labelled, find_labelled, type_of
from outcrop.services.textract.pages import ReadPage, read_single_page, rectangle
from outcrop.services.textract.tables import FilledCell, FilledTable, fill_tables, words_box

SUMMARY: Mapping[str, Sequence[str]] = {
    "INVOICE_RECEIPT_ID": (
        *("invoice number", "invoice no", "invoice #", "invoice id", "receipt number"),
        *("receipt no", "numero de facture", "facture no", "no de facture", "no facture"),
    ),
    "INVOICE_RECEIPT_DATE": (
        *("invoice date", "receipt date", "date of invoice", "date", "date de facture"),
        *("date de la facture", "date d emission", "date facture"),
    ),
    "DUE_DATE": ("due date", "payment due", "date d echeance", "echeance"),
    "ORDER_DATE": ("order date", "date de commande"),
    "DELIVERY_DATE": ("delivery date", "date de livraison"),
    "PO_NUMBER": ("po number", "purchase order", "po", "numero de commande", "bon de commande"),
    "CUSTOMER_NUMBER": ("customer number", "customer id", "numero client", "numero de client"),
    "ACCOUNT_NUMBER": ("account number", "account no", "numero de compte"),
    "PAYMENT_TERMS": ("payment terms", "terms", "conditions de paiement"),
    "VENDOR_NAME": ("vendor", "seller", "supplier", "fournisseur", "vendeur"),
    "VENDOR_PHONE": ("phone", "tel", "telephone"),
    "VENDOR_URL": ("website", "web", "site web"),
    "RECEIVER_NAME": ("bill to", "sold to", "billed to", "customer", "client", "facture a"),
    "TAX_PAYER_ID": ("vat number", "tax id", "numero de tva", "no de tva", "no tva", "siret"),
    "SUBTOTAL": ("subtotal", "sub total", "sous total", "total ht", "montant ht"),
    "TAX": ("tax", "vat", "sales tax", "tva", "montant tva", "total tva"),
    "DISCOUNT": ("discount", "remise"),
    "SHIPPING_HANDLING_CHARGE": ("shipping", "shipping and handling", "frais de port"),
    "GRATUITY": ("tip", "gratuity", "pourboire"),
    "TOTAL": ("total", "grand total", "total ttc", "montant total", "montant ttc", "total due"),
    "AMOUNT_DUE": ("amount due", "balance due", "net a payer", "reste a payer"),
    "AMOUNT_PAID": ("amount paid", "paid", "montant paye"),
}
COLUMNS: Mapping[str, Sequence[str]] = {
    "ITEM": ("item", "description", "product", "designation", "article", "libelle", "produit"),
    "QUANTITY": ("quantity", "qty", "quantite", "qte"),
    "UNIT_PRICE": ("unit price", "prix unitaire", "pu", "p u", "pu ht", "rate"),
    "PRICE": ("amount", "price", "total", "line total", "montant", "prix", "montant ht"),
    "PRODUCT_CODE": ("sku", "code", "product code", "reference", "ref"),
}
CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
CURRENCY_CODE = re.compile(r"\b(EUR|USD|GBP|CHF|CAD|JPY|AUD)\b")
MOST_DOCUMENTS = 20
"""Of an answer of GetExpenseAnalysis."""


@operation("AnalyzeExpense")
async def analyze_expense(
    call: Call, request: shapes.AnalyzeExpenseRequest
) -> shapes.AnalyzeExpenseResponse:
    """Answer with what an invoice or a receipt says."""
    engines = call.backends.engines
    async with document_file(call, request["Document"]) as document:
        page = await read_single_page(engines, document)
        with engine_errors():
            expense: Any = await expense_of(page, engines)
    return {"DocumentMetadata": {"Pages": 1}, "ExpenseDocuments": [expense]}


async def _find(job: ServiceJob, page: ReadPage, _pages: int) -> list[Any]:
    return [await expense_of(page, job.call.backends.engines)]


EXPENSE_ANALYSIS = api(
    "StartExpenseAnalysis",
    "expense-analysis-job",
    Finder(_find, needs_image=lambda _: True),
    member="ExpenseDocuments",
    version="AnalyzeExpenseModelVersion",
    most=MOST_DOCUMENTS,
)


@operation("StartExpenseAnalysis")
async def start_expense_analysis(
    call: Call, request: shapes.StartExpenseAnalysisRequest
) -> shapes.StartExpenseAnalysisResponse:
    """Begin to read the invoices of a document of S3, one a page."""
    return {"JobId": await start(call, EXPENSE_ANALYSIS, request)}


@operation("GetExpenseAnalysis")
async def get_expense_analysis(
    call: Call, request: shapes.GetExpenseAnalysisRequest
) -> shapes.GetExpenseAnalysisResponse:
    """Answer with a job's state and, when it has ended, some of its invoices."""
    return await told(call, EXPENSE_ANALYSIS, request)


async def expense_of(page: ReadPage, engines: Engines) -> dict[str, Any]:
    """Return the `ExpenseDocument` of a page.

    Raises:
        EngineError: A model is not there, or failed.
    """
    tables = fill_tables(page, await engines.document_layout.see(page.image))
    groups = [group for group in (_items(table, page.number) for table in tables) if group]
    in_items = {id(word) for table in tables for row in _item_rows(table) for word in _words(row)}
    labelled = [
        each
        for each in find_labelled(page, SUMMARY)
        if not any(id(word) in in_items for word in each.value)
    ]
    return {
        "ExpenseIndex": page.number,
        "SummaryFields": [_summary_field(each, page.number) for each in labelled],
        "LineItemGroups": [
            {"LineItemGroupIndex": index, "LineItems": items}
            for index, items in enumerate(groups, start=1)
        ],
        "Blocks": PageBlocks(page).all(),
    }


def _summary_field(labelled: Labelled, page: int) -> dict[str, Any]:
    text = _text(labelled.value)
    currency = _currency(text)
    return {
        "Type": {"Text": labelled.type, "Confidence": percent(labelled.share)},
        "LabelDetection": _detection(labelled.key),
        "ValueDetection": _detection(labelled.value),
        "PageNumber": page,
        **({"Currency": {"Code": currency}} if currency else {}),
    }


def _items(table: FilledTable, page: int) -> list[dict[str, Any]]:
    """Return the `LineItems` of a table that has headings."""
    return [{"LineItemExpenseFields": list(_fields(table, row, page))} for row in _item_rows(table)]


def _item_rows(table: FilledTable) -> Iterator[list[FilledCell]]:
    """Give the rows of a table's items: not its headings, and not its totals."""
    if not table.header_rows:
        return
    for number in range(table.header_rows, table.table.rows):
        row = [each for each in table.row(number) if each.words]
        if row and type_of(row[0].text, SUMMARY)[0] == UNKNOWN:
            yield row


def _fields(table: FilledTable, row: Sequence[FilledCell], page: int) -> Iterator[dict[str, Any]]:
    headings = {each.column: each for each in table.row(0)}
    for each in row:
        heading = headings[each.column]
        yield {
            **_column_type(heading),
            "ValueDetection": _detection(each.words),
            "PageNumber": page,
        }
    yield {
        "Type": {"Text": "EXPENSE_ROW"},
        "ValueDetection": _detection(_words(row)),
        "PageNumber": page,
    }


def _column_type(heading: FilledCell) -> dict[str, Any]:
    """Return the type of a column, and the heading that tells it, if one does."""
    if not heading.words:
        return {"Type": {"Text": UNKNOWN}}
    kind, share = type_of(heading.text, COLUMNS)
    return {
        "Type": {"Text": kind, "Confidence": percent(share)},
        "LabelDetection": _detection(heading.words),
    }


def _words(row: Sequence[FilledCell]) -> list[Word]:
    return [word for each in row for word in each.words]


def _detection(words: Sequence[Word]) -> dict[str, Any]:
    return {
        "Text": _text(words),
        "Geometry": geometry(rectangle(words_box(words))),
        "Confidence": percent(mean_score(words)),
    }


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _currency(text: str) -> str | None:
    """Return the code of the currency that an amount names."""
    if code := CURRENCY_CODE.search(text):
        return code[1]
    return next((code for sign, code in CURRENCIES.items() if sign in text), None)
