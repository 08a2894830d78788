"""Tells traditional Chinese from simplified Chinese by its characters.

The two national character sets of the 1980s hold what each script uses: GB 2312 the simplified
characters, Big5 the traditional ones.

Source: https://www.unicode.org/charts/unihan.html
"""

FIRST_HAN, LAST_HAN = "\u4e00", "\u9fff"


def is_traditional(text: str) -> bool:
    """Tell whether more characters are traditional only than simplified only."""
    han = {letter: text.count(letter) for letter in set(text) if FIRST_HAN <= letter <= LAST_HAN}
    balance = sum(
        count * (_is_in(letter, "big5") - _is_in(letter, "gb2312")) for letter, count in han.items()
    )
    return balance > 0


def _is_in(letter: str, charset: str) -> bool:
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
