"""What custom vocabularies and vocabulary filters say, read from requests and from files.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/custom-vocabulary-create-table.html,
custom-vocabulary-create-list.html and vocabulary-filtering.html
"""

from collections.abc import Iterable, Mapping, Sequence

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.transcribe.places import UNREADABLE, place_of

MOST_BYTES = 50 * 1024
"""Of a file, as "Guidelines and quotas" have it."""
MOST_LETTERS = 256
COLUMNS = frozenset(("Phrase", "SoundsLike", "IPA", "DisplayAs"))
Row = Mapping[str, str]


class UnfitWordsError(Exception):
    """A vocabulary that cannot be used; the message is the caller's."""


async def read_file(call: Call, uri: str) -> str:
    """Return the text of a file in S3.

    Raises:
        UnfitWordsError: It is not there, too large or no text.
    """
    bucket, key = place_of(uri)
    try:
        content = b""
        async for chunk in await call.objects.open(bucket, key):
            content += chunk
            if len(content) > MOST_BYTES:
                raise UnfitWordsError(
                    "The size of your vocabulary file exceeds the limit of 50 KB."
                )
        return content.decode("utf-8-sig")
    except ServiceError as error:
        raise UnfitWordsError(UNREADABLE) from error
    except UnicodeDecodeError as error:
        raise UnfitWordsError("The vocabulary file must be in UTF-8.") from error


def rows_of_table(text: str) -> list[Row]:
    """Return the rows of a vocabulary's file: a table with a head, or a list of phrases.

    Raises:
        UnfitWordsError: It is neither.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise UnfitWordsError("The vocabulary file is empty.")
    head = [column.strip() for column in lines[0].split("\t")]
    if "Phrase" not in head:
        if "\t" in lines[0]:
            raise UnfitWordsError("The vocabulary table has no column Phrase.")
        return rows_of_phrases(part for line in lines for part in line.split(","))
    if unknown := set(head) - COLUMNS:
        raise UnfitWordsError(f"The vocabulary table has an unknown column {min(unknown)}.")
    return [_row(head, line.split("\t"), number) for number, line in enumerate(lines[1:], start=2)]


def rows_of_phrases(phrases: Iterable[str]) -> list[Row]:
    """Return the rows that a list of phrases stands for.

    Raises:
        UnfitWordsError: A phrase is too long, or has spaces.
    """
    found: list[Row] = [{"Phrase": phrase.strip()} for phrase in phrases if phrase.strip()]
    if not found:
        raise UnfitWordsError("The vocabulary has no phrases.")
    for row in found:
        _check(row["Phrase"], "")
    return found


def written_forms(rows: Sequence[Row]) -> list[str]:
    """Return the phrases as they shall stand in transcripts."""
    return [
        row.get("DisplayAs") or row["Phrase"].replace("-", " ").replace(". ", ".") for row in rows
    ]


def table_of(rows: Sequence[Row]) -> str:
    """Return rows as the file that they may be downloaded as."""
    columns = ("Phrase", "SoundsLike", "IPA", "DisplayAs")
    lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
    return "\n".join(["\t".join(columns), *lines, ""])


def words_of_filter(words: Iterable[str]) -> list[str]:
    """Return the words that a filter names.

    Raises:
        UnfitWordsError: There are none, or one is too long.
    """
    found = [word.strip() for word in words if word.strip()]
    if not found:
        raise UnfitWordsError("The vocabulary filter has no words.")
    if long := [word for word in found if len(word) > MOST_LETTERS]:
        raise UnfitWordsError(f"The entry {long[0][:40]}… has more than 256 characters.")
    return found


def _row(head: Sequence[str], cells: Sequence[str], line: int) -> Row:
    # Cells behind the last column do not count: the table of AWS's own example has one.
    row = {column: cell for column, cell in zip(head, cells, strict=False) if cell.strip()}
    if not row.get("Phrase"):
        raise UnfitWordsError(f"Line {line} of the vocabulary table has no phrase.")
    _check(row["Phrase"], f" in line {line}")
    return row


def _check(phrase: str, where: str) -> None:
    if len(phrase) > MOST_LETTERS:
        raise UnfitWordsError(f"The phrase{where} has more than 256 characters: {phrase[:40]}…")
    if " " in phrase:
        raise UnfitWordsError(
            f"The phrase {phrase!r}{where} has spaces: separate its words with hyphens."
        )
