"""Sentences and their translations that a language model is shown."""

from collections.abc import Sequence
from typing import TypeVar

import regex

from outcrop.engines.translation.interface import Example, Pair, Register
from outcrop.engines.translation.languages import base

T = TypeVar("T")

MOST_EXAMPLES = 2
LEAST_LIKENESS = 0.1
"""Of an example of the caller's to a sentence, for it to be shown."""
_WORD = regex.compile(r"\p{L}+|\p{Han}")

PLAIN = {
    "ar": "أرسلت إلينا رسالتين من مدريد يوم الثلاثاء.",
    "de": "Sie hat uns am Dienstag zwei Briefe aus Madrid geschickt.",
    "en": "She sent us two letters from Madrid on Tuesday.",
    "es": "Nos envió dos cartas desde Madrid el martes.",
    "fr": "Elle nous a envoyé deux lettres de Madrid mardi.",
    "it": "Martedì ci ha mandato due lettere da Madrid.",
    "ja": "彼女は火曜日にマドリードから手紙を二通送ってくれました。",
    "ko": "그녀는 화요일에 마드리드에서 우리에게 편지 두 통을 보냈습니다.",
    "nl": "Ze heeft ons dinsdag twee brieven uit Madrid gestuurd.",
    "pt": "Ela nos enviou duas cartas de Madri na terça-feira.",
    "pt-PT": "Ela enviou-nos duas cartas de Madrid na terça-feira.",
    "ru": "Во вторник она прислала нам два письма из Мадрида.",
    "th": "เธอส่งจดหมายสองฉบับจากมาดริดมาให้เราเมื่อวันอังคาร",
    "vi": "Cô ấy đã gửi cho chúng tôi hai lá thư từ Madrid vào thứ Ba.",
    "zh": "她星期二从马德里给我们寄了两封信。",
    "zh-TW": "她星期二從馬德里寄了兩封信給我們。",
}
ADDRESSING: dict[str, dict[Register, str]] = {
    "de": {
        "formal": "Sie können uns Ihre Antwort bis Freitag schicken.",
        "informal": "Du kannst uns deine Antwort bis Freitag schicken.",
    },
    "en": {
        "formal": "You can send us your answer by Friday.",
        "informal": "You can send us your answer by Friday.",
    },
    "es": {
        "formal": "Usted puede enviarnos su respuesta antes del viernes.",
        "informal": "Tú puedes enviarnos tu respuesta antes del viernes.",
    },
    "fr": {
        "formal": "Vous pouvez nous envoyer votre réponse d'ici vendredi.",
        "informal": "Tu peux nous envoyer ta réponse d'ici vendredi.",
    },
    "hi": {
        "formal": "आप हमें शुक्रवार तक अपना जवाब भेज सकते हैं।",
        "informal": "तुम हमें शुक्रवार तक अपना जवाब भेज सकते हो।",
    },
    "it": {
        "formal": "Lei può inviarci la Sua risposta entro venerdì.",
        "informal": "Tu puoi inviarci la tua risposta entro venerdì.",
    },
    "ja": {
        "formal": "金曜日までにお返事をお送りください。",
        "informal": "金曜日までに返事を送ってくれればいいよ。",
    },
    "ko": {
        "formal": "금요일까지 저희에게 답변을 보내 주시면 됩니다.",
        "informal": "금요일까지 우리에게 답장을 보내면 돼.",
    },
    "nl": {
        "formal": "U kunt ons uw antwoord voor vrijdag sturen.",
        "informal": "Je kunt ons je antwoord voor vrijdag sturen.",
    },
    "pt-PT": {
        "formal": "O senhor pode enviar-nos a sua resposta até sexta-feira.",
        "informal": "Tu podes enviar-nos a tua resposta até sexta-feira.",
    },
}


def shown(pair: Pair, register: Register | None) -> Example | None:
    """Return a sentence in both languages, in a register if one is given; `None`: none is known."""
    if register is not None:
        source, target = _of(ADDRESSING, pair.source), _of(ADDRESSING, pair.target)
        if source and target:
            return Example(source["formal"], target[register])
    source, target = _of(PLAIN, pair.source), _of(PLAIN, pair.target)
    return Example(source, target) if source and target else None


def _of(table: dict[str, T], language: str) -> T | None:
    return table.get(language) or table.get(base(language))


def likest(sentence: str, examples: Sequence[Example]) -> list[Example]:
    """Return the examples whose sources resemble a sentence most, the likest last."""
    words = _words(sentence)
    rated = [(_likeness(words, _words(example.source)), example) for example in examples]
    best = sorted(
        (one for one in rated if one[0] >= LEAST_LIKENESS), key=lambda one: one[0], reverse=True
    )
    return [example for _, example in reversed(best[:MOST_EXAMPLES])]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
