"""JSON that leaves for callers."""

from outcrop.protocol.json_values import dumps, loads


def test_integers_of_any_length_come_back() -> None:
    value = {"short": 7, "long": 2**70, "text": "é\u2028"}

    assert loads(dumps(value)) == value


def test_text_is_compact_and_not_escaped() -> None:
    assert dumps({"name": ["Léa", True, None, 1.5]}) == '{"name":["Léa",true,null,1.5]}'.encode()
