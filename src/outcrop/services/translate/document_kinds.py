"""The kinds of documents, by their media types and the endings of their names.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_InputDataConfig.html
"""

from collections.abc import Mapping

from outcrop.engines.document_texts.interface import DocumentKind

OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, DocumentKind] = {
    "text/plain": "txt",
    "text/html": "html",
    f"{OFFICE}.wordprocessingml.document": "docx",
    f"{OFFICE}.presentationml.presentation": "pptx",
    f"{OFFICE}.spreadsheetml.sheet": "xlsx",
}
AT_ONCE = frozenset(("txt", "html", "docx"))
"""What TranslateDocument takes; jobs take all."""
