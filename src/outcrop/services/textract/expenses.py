"""AnalyzeExpense: what invoices and receipts say, in Textract's words.

Source: https://docs.aws.amazon.com/textract/latest/dg/expensedocuments.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.document_fields.interface import (
    ColumnKind,
    ExpenseField,
    ExpenseKind,
    ItemField,
    Word,
    mean_score,
    text_of,
)
from outcrop.engines.media.places import rectangle
from outcrop.operations import Call, operation
from outcrop.operations.backends import Engines
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import Finder, api, start, told
from outcrop.services.textract.blocks import PageBlocks, geometry, percent
from outcrop.services.textract.documents import document_file, engine_errors
from outcrop.services.textract.forms import words_box
from outcrop.services.textract.pages import ReadPage, read_single_page

UNKNOWN = "OTHER"
SUMMARY: Mapping[ExpenseKind, str] = {
    "invoice number": "INVOICE_RECEIPT_ID",
    "invoice date": "INVOICE_RECEIPT_DATE",
    "due date": "DUE_DATE",
    "order date": "ORDER_DATE",
    "delivery date": "DELIVERY_DATE",
    "order number": "PO_NUMBER",
    "customer number": "CUSTOMER_NUMBER",
    "account number": "ACCOUNT_NUMBER",
    "payment terms": "PAYMENT_TERMS",
    "vendor": "VENDOR_NAME",
    "vendor phone": "VENDOR_PHONE",
    "vendor website": "VENDOR_URL",
    "receiver": "RECEIVER_NAME",
    "tax number": "TAX_PAYER_ID",
    "subtotal": "SUBTOTAL",
    "tax": "TAX",
    "discount": "DISCOUNT",
    "shipping": "SHIPPING_HANDLING_CHARGE",
    "gratuity": "GRATUITY",
    "total": "TOTAL",
    "amount due": "AMOUNT_DUE",
    "amount paid": "AMOUNT_PAID",
}
COLUMNS: Mapping[ColumnKind, str] = {
    "item": "ITEM",
    "quantity": "QUANTITY",
    "unit price": "UNIT_PRICE",
    "price": "PRICE",
    "product code": "PRODUCT_CODE",
}
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
    layout = await engines.document_layout.see(page.image)
    expense = await engines.document_fields.expense(page.lines, layout.tables)
    return {
        "ExpenseIndex": page.number,
        "SummaryFields": [_summary_field(each, page.number) for each in expense.summary],
        "LineItemGroups": [
            {
                "LineItemGroupIndex": index,
                "LineItems": [
                    {"LineItemExpenseFields": list(_item_fields(row, page.number))} for row in rows
                ],
            }
            for index, rows in enumerate(expense.items, start=1)
        ],
        "Blocks": PageBlocks(page).all(),
    }


def _summary_field(field: ExpenseField, page: int) -> dict[str, Any]:
    kind = UNKNOWN if field.kind is None else SUMMARY[field.kind]
    return {
        "Type": {"Text": kind, "Confidence": percent(field.share)},
        "LabelDetection": _detection(field.key),
        "ValueDetection": _detection(field.value),
        "PageNumber": page,
        **({"Currency": {"Code": field.currency}} if field.currency else {}),
    }


def _item_fields(row: Sequence[ItemField], page: int) -> Iterator[dict[str, Any]]:
    for field in row:
        kind = UNKNOWN if field.kind is None else COLUMNS[field.kind]
        yield {
            "Type": {"Text": kind, "Confidence": percent(field.share)},
            **({"LabelDetection": _detection(field.heading)} if field.heading else {}),
            "ValueDetection": _detection(field.value),
            "PageNumber": page,
        }
    score = sum(field.score for field in row) / len(row)
    yield {
        "Type": {"Text": "EXPENSE_ROW", "Confidence": percent(score)},
        "ValueDetection": _detection([word for field in row for word in field.value]),
        "PageNumber": page,
    }


def _detection(words: Sequence[Word]) -> dict[str, Any]:
    return {
        "Text": text_of(words),
        "Geometry": geometry(rectangle(words_box(words))),
        "Confidence": percent(mean_score(words)),
    }
