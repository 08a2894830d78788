"""AnalyzeExpense on papers that the tests draw."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pages import png
from tests.services.textract import papers
from tests.services.textract.test_jobs import at, ended
from tests.small_weights import small_weights

Client = Callable[..., Any]


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def summary(expense: Any) -> dict[str, str]:
    return {f["Type"]["Text"]: f["ValueDetection"]["Text"] for f in expense["SummaryFields"]}


def test_an_invoice_has_fields_and_items(client: Client):
    answer = client("textract").analyze_expense(Document={"Bytes": png(papers.invoice().image)})

    (expense,) = answer["ExpenseDocuments"]
    assert summary(expense) == {
        "INVOICE_RECEIPT_ID": "INV-2024-0117",
        "INVOICE_RECEIPT_DATE": "2024-03-14",
        "DUE_DATE": "2024-04-13",
        "SUBTOTAL": "377.70",
        "TAX": "75.54",
        "TOTAL": "453.24 EUR",
    }
    total = expense["SummaryFields"][-1]
    assert (total["LabelDetection"]["Text"], total["Currency"]) == ("Total:", {"Code": "EUR"})
    (group,) = expense["LineItemGroups"]
    items = [
        {f["Type"]["Text"]: f["ValueDetection"]["Text"] for f in item["LineItemExpenseFields"]}
        for item in group["LineItems"]
    ]
    names = ("ITEM", "QUANTITY", "UNIT_PRICE", "PRICE")
    assert items == [
        {**dict(zip(names, row, strict=True)), "EXPENSE_ROW": " ".join(row)}
        for row in papers.ITEMS[1:]
    ]
    types = [f["Type"] for item in group["LineItems"] for f in item["LineItemExpenseFields"]]
    # Of a row, it is how sure the cells are.
    assert all(50 < kind["Confidence"] <= 100 for kind in types)


def test_a_french_receipt_needs_no_colons(client: Client):
    answer = client("textract").analyze_expense(Document={"Bytes": png(papers.receipt().image)})

    (expense,) = answer["ExpenseDocuments"]
    found = {kind: text.replace(" ", "") for kind, text in summary(expense).items()}
    assert found["INVOICE_RECEIPT_ID"] == "2024-881"
    totals = found["SUBTOTAL"], found["TAX"], found["TOTAL"]
    assert totals == ("10,00€", "2,00€", "12,00€")  # The rate of the tax is no amount.
    assert {f.get("Currency", {}).get("Code") for f in expense["SummaryFields"]} == {None, "EUR"}


def test_a_job_reads_an_invoice_a_page(client: Client, account: str):
    s3, textract, bucket = client("s3"), client("textract"), f"expenses-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a.png", Body=png(papers.receipt().image))

    job = textract.start_expense_analysis(DocumentLocation=at(bucket, "a.png"))["JobId"]
    answer = ended(textract.get_expense_analysis, job)

    (expense,) = answer["ExpenseDocuments"]
    assert summary(expense)["INVOICE_RECEIPT_ID"] == "2024-881"
