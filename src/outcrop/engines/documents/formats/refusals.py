"""Why a document is not read."""


class UnreadableError(Exception):
    """The file is damaged, locked, of another format, or holds no words."""


class TooLargeError(Exception):
    """The file unfolds to more than may be read."""


def refuse_without_words(text: str, kind: str) -> str:
    """Return a text that holds words.

    Raises:
        UnreadableError: It holds none.
    """
    if not text.strip():
        raise UnreadableError(f"The {kind} holds no text.")
    return text
