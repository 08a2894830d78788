"""What Amazon's parsers of Textract's answers find in the one on standard input, as JSON."""

import json
import sys

import trp
import trp.trp2 as t2
from textractor.parsers import response_parser

answer = json.load(sys.stdin)


def response_parser_facts():
    document = trp.Document(answer)
    page = document.pages[0]
    typed = t2.TDocumentSchema().load(answer)
    return {
        "lines": [line.text for line in page.lines],
        "tables": [
            [[cell.text.strip() for cell in row.cells] for row in table.rows]
            for table in page.tables
        ],
        "fields": {
            field.key.text: field.value.text
            for field in page.form.fields
            if field.key and field.value
        },
        "typed lines": [
            t2.TDocument.get_text_for_tblocks([line]) for line in typed.lines(typed.pages[0])
        ],
        "answers": {
            answer[0]: answer[2] for answer in typed.get_query_answers(page=typed.pages[0])
        },
    }


def textractor_facts():
    document = response_parser.parse(answer)
    page = document.pages[0]
    return {
        "words": len(page.words),
        "tables": [
            [[cell.row_index, cell.col_index, cell.text] for cell in table.table_cells]
            for table in page.tables
        ],
        "headers": [
            [cell.text.strip() for cell in table.table_cells if cell.is_column_header]
            for table in page.tables
        ],
        "fields": {
            " ".join(word.text for word in field.key): str(field.value) for field in page.key_values
        },
        "checkboxes": {
            " ".join(word.text for word in field.key): field.selection_status.name
            for field in page.checkboxes
        },
        "layouts": [[layout.layout_type, layout.text] for layout in page.layouts],
        "signatures": [
            [each.page, each.confidence, each.bbox.x, each.bbox.y, each.width, each.height]
            for each in document.signatures
        ],
        "text": document.get_text(),
        "queries": {
            query.query: str(query.result) if query.result else "" for query in page.queries
        },
    }


json.dump(
    {"response-parser": response_parser_facts(), "textractor": textractor_facts()}, sys.stdout
)
