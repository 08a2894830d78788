"""TranslateDocument: the form of a document is kept."""

import io
import re
from typing import Any

import docx
import pytest
from botocore.exceptions import ClientError

PAGE = """<html><body><!-- kept -->
<h1 class="title">Opening hours</h1>
<p>Call <a href="tel:+15551234">our office</a> before 17:30 on Monday.</p>
<script>var text = "Opening hours";</script></body></html>
"""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def translated(translate: Any, content: bytes, content_type: str, **request: Any) -> Any:
    return translate.translate_document(
        Document={"Content": content, "ContentType": content_type},
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
        **request,
    )


def refusal(translate: Any, content: bytes, content_type: str, **request: Any) -> str:
    with pytest.raises(ClientError) as caught:
        translated(translate, content, content_type, **request)
    return caught.value.response["Error"]["Code"]


def test_a_page_keeps_its_tags_and_what_is_no_text(translate: Any):
    answer = translated(translate, PAGE.encode(), "text/html")

    page = answer["TranslatedDocument"]["Content"].decode()
    assert re.findall(r"<[^>]+>", page) == re.findall(r"<[^>]+>", PAGE)
    assert "Opening hours</h1>" not in page
    assert 'var text = "Opening hours";' in page
    assert [one in page.lower() for one in ("17", "30", "lundi")] == [True] * 3
    assert (answer["SourceLanguageCode"], answer["TargetLanguageCode"]) == ("en", "fr")


def test_a_word_file_stays_one(translate: Any):
    document = docx.Document()
    document.add_heading("Two questions", 1)
    document.add_paragraph("The price is 250 euros.")
    content = io.BytesIO()
    document.save(content)

    answer = translated(translate, content.getvalue(), WORD)

    written = docx.Document(io.BytesIO(answer["TranslatedDocument"]["Content"]))
    heading, paragraph = written.paragraphs
    assert heading.style is not None
    assert heading.style.name == "Heading 1"
    assert heading.text != "Two questions"
    assert "250 euros" in paragraph.text


def test_a_plain_text_keeps_its_lines_and_terms(translate: Any):
    translate.import_terminology(
        Name="terms",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": b"en,fr\nhelp desk,guichet\n", "Format": "CSV"},
    )

    answer = translated(
        translate, b"1. Help\n\n\t2. Ask the help desk.\n", "text/plain", TerminologyNames=["terms"]
    )

    text = answer["TranslatedDocument"]["Content"].decode()
    assert "\n\n\t2. " in text
    assert "guichet" in text
    assert answer["AppliedTerminologies"] == [
        {"Name": "terms", "Terms": [{"SourceText": "help desk", "TargetText": "guichet"}]}
    ]


def test_what_documents_may_not_be_is_refused(translate: Any):
    codes = [
        refusal(translate, b"%PDF-1.4", "application/pdf"),
        refusal(translate, b"hello", WORD),
        refusal(translate, b"\xff\xfe", "text/plain"),
        refusal(translate, b"Hello", "text/plain", Settings={"Brevity": "ON"}),
        refusal(translate, b"a" * 102_401, "text/plain"),
    ]

    assert codes == [*["InvalidRequestException"] * 4, "LimitExceededException"]
