"""What Amazon's parsers find in an answer of AnalyzeExpense or AnalyzeID on standard input."""

import json
import sys

import trp.trp2_analyzeid as t2id
import trp.trp2_expense as t2e
from textractor.parsers import response_parser

answer = json.load(sys.stdin)


def expense_facts():
    typed = t2e.TAnalyzeExpenseDocumentSchema().load(answer)
    (expense,) = response_parser.parse(answer).expense_documents
    return {
        "response-parser": [
            [field.ftype.text, field.valuedetection.text]
            for field in typed.expenses_documents[0].summaryfields
        ],
        "textractor": [[f.type.text, f.value.text] for f in expense.summary_fields_list],
        "rows": [len(group.rows) for group in expense.line_items_groups],
    }


def identity_facts():
    typed = t2id.TAnalyzeIdDocumentSchema().load(answer)
    (identity,) = response_parser.parse(answer).identity_documents
    return {
        "response-parser": {
            name: value for _, name, value in (row[:3] for row in typed.get_values_as_list())
        },
        "textractor": {str(name): identity[name] for name in list(identity.keys())},
    }


facts = expense_facts if "ExpenseDocuments" in answer else identity_facts
json.dump(facts(), sys.stdout)
