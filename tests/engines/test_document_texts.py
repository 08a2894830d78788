"""Documents' texts: taken out as paragraphs, put back with all else as it was."""

import html
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import docx
import openpyxl
import pytest

from outcrop.engines.document_texts.editor import EditorLimits, SandboxedDocumentEditor
from outcrop.engines.document_texts.interface import (
    DocumentKind,
    Passage,
    UneditableDocumentError,
)
from outcrop.weights import WeightsSettings, WeightStore

pytestmark = pytest.mark.anyio

PAGE = """<!doctype html>
<html lang="en"><head><title>Hours &amp; prices</title><style>p { color: red }</style></head>
<body class="x"><!-- top --><h1>Opening
   hours</h1>
<p>Read the <b id=1>manual</b> first. <a href="/a?b=1&amp;c=2">Start here</a></p>
<ul><li>One<li> Two &lt; three </ul><script>var a = "<p>no</p>";</script>
<p><code>ls -l</code> lists <span translate="no">Files™</span> now</p><img alt="x"><hr></body>
</html>
"""


@pytest.fixture
async def editor(tmp_path: Path) -> AsyncIterator[SandboxedDocumentEditor]:
    made = SandboxedDocumentEditor(WeightStore(WeightsSettings(directory=tmp_path)))
    yield made
    await made.close()


async def shouted(
    editor: SandboxedDocumentEditor, content: bytes, kind: DocumentKind
) -> tuple[list[Passage], bytes]:
    found = await editor.passages(content, kind)
    texts = [[run.upper() for run in passage.runs] for passage in found]
    return found, await editor.replaced(content, kind, texts)


async def same(editor: SandboxedDocumentEditor, content: bytes, kind: DocumentKind) -> bytes:
    found = await editor.passages(content, kind)
    return await editor.replaced(content, kind, [passage.runs for passage in found])


async def test_a_page_falls_into_lines_with_marks(editor: SandboxedDocumentEditor):
    found = await editor.passages(PAGE.encode(), "html")

    assert found == [
        Passage(["Hours & prices"], []),
        Passage(["Opening hours"], []),
        Passage(["Read the ", "manual", " first. ", "Start here"], ["<b>", "</b>", "<a>"]),
        Passage(["One"], []),
        Passage(["Two < three"], []),
        Passage(["lists ", " now"], ["<span/>"]),
    ]


async def test_a_page_keeps_all_but_its_texts(editor: SandboxedDocumentEditor):
    _, written = await shouted(editor, PAGE.encode(), "html")

    expected = PAGE
    for text in ("Hours", "prices", "Read the", "manual", "first.", "Start here", "One", "Two"):
        expected = expected.replace(text, text.upper())
    for text in ("three", " lists", " now"):
        expected = expected.replace(text, text.upper())
    expected = expected.replace("Opening\n   hours", "OPENING HOURS")
    assert written.decode() == expected


@pytest.mark.parametrize(
    "page", ["", "plain", "a < b & c &nbsp; d", "<p>", "</p></b>x", "<a", "&#x;"]
)
async def test_broken_pages_are_kept(editor: SandboxedDocumentEditor, page: str):
    written = await same(editor, page.encode(), "html")

    assert html.unescape(written.decode()) == html.unescape(page)


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("Opening hours", 1)
    paragraph = document.add_paragraph("Read the ")
    paragraph.add_run("manual").bold = True
    paragraph.add_run(" & then start")
    document.add_table(1, 2).cell(0, 1).text = "Price"
    document.sections[0].footer.paragraphs[0].text = "Page end"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def words_of(content: bytes) -> Sequence[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    footers = [each.text for each in document.sections[0].footer.paragraphs]
    return [*(each.text for each in document.paragraphs), *cells, *footers]


async def test_a_word_file_keeps_its_formatting(editor: SandboxedDocumentEditor):
    found, written = await shouted(editor, word_file(), "docx")

    assert Passage(["Read the ", "manual", " & then start"], ["<b>", "</b>"]) in found
    assert words_of(written) == [
        "OPENING HOURS", "READ THE MANUAL & THEN START", "", "PRICE", "PAGE END"
    ]  # fmt: skip
    document = docx.Document(io.BytesIO(written))
    assert [run.bold for run in document.paragraphs[1].runs] == [None, True, None]
    assert document.paragraphs[0].style is not None
    assert document.paragraphs[0].style.name == "Heading 1"


async def test_a_sheet_keeps_its_numbers(editor: SandboxedDocumentEditor):
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Item", "Price"])
    book.active.append(["Coffee", 2.5])
    content = io.BytesIO()
    book.save(content)

    _, written = await shouted(editor, content.getvalue(), "xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(written)).active
    assert sheet is not None
    assert list(sheet.values) == [("ITEM", "PRICE"), ("COFFEE", 2.5)]


async def test_slides_keep_their_breaks(editor: SandboxedDocumentEditor):
    text = "<a:r><a:rPr b='1'/><a:t>{}</a:t></a:r>"
    slide = (
        "<p:sld xmlns:a='a' xmlns:p='p'><a:p>"
        + text.format("One")
        + "<a:br/>"
        + text.format("two &amp; three")
        + "</a:p><a:p><a:r><a:t> </a:t></a:r></a:p></p:sld>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("ppt/presentation.xml", "<p:presentation xmlns:p='p'/>")
        file.writestr("ppt/slides/slide1.xml", slide)
        file.writestr("ppt/media/image.png", b"\x89PNG")

    found, written = await shouted(editor, content.getvalue(), "pptx")

    with zipfile.ZipFile(io.BytesIO(written)) as file:
        expected = slide.replace("One", "ONE").replace("two", "TWO").replace("three", "THREE")
        assert file.read("ppt/slides/slide1.xml").decode() == expected
        assert file.read("ppt/media/image.png") == b"\x89PNG"
    assert found == [Passage(["One", "two & three"], ["<br/>"])]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
async def test_what_is_no_office_file_is_refused(
    editor: SandboxedDocumentEditor, kind: DocumentKind
):
    renamed = io.BytesIO()
    with zipfile.ZipFile(renamed, "w") as file:
        file.writestr("notes.txt", "hello")

    for content in (b"hello", renamed.getvalue()):
        with pytest.raises(UneditableDocumentError, match="no Office document"):
            await editor.passages(content, kind)


async def test_what_unfolds_to_too_much_is_refused(tmp_path: Path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b" " * (3 << 20))
    limits = EditorLimits(unpacked_limit_mib=2)
    editor = SandboxedDocumentEditor(WeightStore(WeightsSettings(directory=tmp_path)), limits)

    with pytest.raises(UneditableDocumentError, match="more than 2 MiB"):
        await editor.passages(archive.getvalue(), "docx")
    await editor.close()


async def test_entities_are_not_expanded(editor: SandboxedDocumentEditor):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')

    with pytest.raises(UneditableDocumentError, match="entities"):
        await editor.passages(archive.getvalue(), "docx")
