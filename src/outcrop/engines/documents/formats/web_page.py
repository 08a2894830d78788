"""Web pages.

Source: https://www.crummy.com/software/BeautifulSoup/bs4/doc/
"""

import re

from bs4 import BeautifulSoup

from outcrop.engines.documents.formats.refusals import refuse_without_words

UNSEEN = ("script", "style", "template", "noscript", "head")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", *HEADINGS, "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "title", "tr", "ul"),
)
CELLS = ("td", "th")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")


def read_web_page(content: bytes) -> str:
    """Return the words that a reader sees, a line for each block; cells of a row on one line.

    Raises:
        UnreadableError: There are none.
    """
    page = BeautifulSoup(content, "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else ""
    for element in page.find_all(UNSEEN):
        element.decompose()
    for element in page.find_all(BLOCKS):
        element.insert_before("\n")
        element.append("\n")
    for element in page.find_all(CELLS):
        element.insert_before(" | ")
    words = _EMPTY_LINES.sub("\n", _SPACES.sub(" ", page.get_text()))
    lines = (line.strip().removeprefix("| ") for line in words.split("\n"))
    return refuse_without_words("\n".join(filter(None, (title, *lines))), "page")
