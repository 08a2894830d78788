"""What custom vocabularies and vocabulary filters say, read from requests and from files.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/custom-vocabulary-create-table.html,
custom-vocabulary-create-list.html and vocabulary-filtering.html
"""

from collections.abc import Iterable, Mapping, Sequence

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.transcribe.places import UNREADABLE, place_of
from outcrop.services.transcribe.vocabulary_letters import unfit_letters

MOST_BYTES = 50 * 1024
"""Of a file, as "Guidelines and quotas" have it."""
MOST_LETTERS = 256
COLUMNS = ("Phrase", "SoundsLike", "IPA", "DisplayAs")
UNFIT = (
    "The vocabulary that you\u2019re trying to create contains invalid characters or incorrectly"
    " formatted terms. See the developer guide for more information."
)
"""AWS's message, which tells no more."""
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


def rows_of_table(text: str, code: str) -> list[Row]:
    """Return the rows of a vocabulary's file: a table with a head, or a list of phrases.

    Args:
        text: The file.
        code: The language of its phrases.

    Raises:
        UnfitWordsError: It is neither.
    """
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise UnfitWordsError("The vocabulary file is empty.")
    if "\r" in text:
        raise _unfit("The file must be in LF format: its lines end with CR.")
    head = [column.strip() for column in lines[0].split("\t")]
    if "Phrase" not in head and "\t" not in lines[0]:
        return rows_of_phrases((part for line in lines for part in line.split(",")), code)
    if missing := [column for column in COLUMNS if column not in head]:
        raise _unfit(f"The table has no column {missing[0]}.")
    if unknown := set(head) - {*COLUMNS, ""}:
        raise _unfit(f"The table has an unknown column {min(unknown)}.")
    rows = [
        _row(head, line.split("\t"), number, code)
        for number, line in enumerate(lines[1:], start=2)
        if line.strip()
    ]
    if not rows:
        raise UnfitWordsError("The vocabulary has no phrases.")
    return rows


def rows_of_phrases(phrases: Iterable[str], code: str) -> list[Row]:
    """Return the rows that a list of phrases stands for.

    Args:
        phrases: The list.
        code: Their language.

    Raises:
        UnfitWordsError: A phrase is too long, or has characters that it may not have.
    """
    found: list[Row] = [{"Phrase": phrase.strip()} for phrase in phrases if phrase.strip()]
    if not found:
        raise UnfitWordsError("The vocabulary has no phrases.")
    for row in found:
        _check(row["Phrase"], code, "")
    return found


def written_forms(rows: Sequence[Row]) -> list[str]:
    """Return the phrases as they shall stand in transcripts."""
    return [
        row.get("DisplayAs") or row["Phrase"].replace("-", " ").replace(". ", ".") for row in rows
    ]


def table_of(rows: Sequence[Row]) -> str:
    """Return rows as the file that they may be downloaded as."""
    lines = ["\t".join(row.get(column, "") for column in COLUMNS) for row in rows]
    return "\n".join(["\t".join(COLUMNS), *lines, ""])


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


def _row(head: Sequence[str], cells: Sequence[str], line: int, code: str) -> Row:
    # Cells behind the last column do not count: the table of AWS's own example has one.
    row = {column: cell for column, cell in zip(head, cells, strict=False) if cell.strip()}
    # The phrases of AWS's other example have spaces behind them.
    row["Phrase"] = row.get("Phrase", "").strip()
    if not row["Phrase"]:
        raise _unfit(f"Line {line} has no phrase.")
    _check(row["Phrase"], code, f" in line {line}")
    return row


def _check(phrase: str, code: str, where: str) -> None:
    if len(phrase) > MOST_LETTERS:
        raise UnfitWordsError(f"The phrase{where} has more than 256 characters: {phrase[:40]}…")
    if " " in phrase:
        raise _unfit(f"The phrase {phrase!r}{where} has spaces: separate its words with hyphens.")
    if phrase.startswith("-"):
        raise _unfit(f"The phrase {phrase!r}{where} begins with a hyphen.")
    if unfit := unfit_letters(phrase, code):
        raise _unfit(f"The phrase {phrase!r}{where} has {unfit[0]!r}, which {code} does not allow.")


def _unfit(reason: str) -> UnfitWordsError:
    return UnfitWordsError(f"{UNFIT} {reason}")
