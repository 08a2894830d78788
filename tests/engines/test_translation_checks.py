"""What is checked of translations, and what is done when one fails."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import pytest

from outcrop.engines.translation import calendar_words, figures, sentences
from outcrop.engines.translation.chat import ChatRequest, ChatTranslator
from outcrop.engines.translation.checked import CheckedTranslation
from outcrop.engines.translation.checks import judge
from outcrop.engines.translation.interface import Ask, Example, Pair, Passage, Term, Wishes
from outcrop.engines.translation.terms import TermTable

EN_FR = Pair("en", "fr")
Answer = Callable[[ChatRequest], str]


def translated(
    passage: Sequence[str] | str,
    answer: Answer | Mapping[str, str],
    *,
    marks: Sequence[str] = (),
    pair: Pair = EN_FR,
    wishes: Wishes | None = None,
) -> list[str]:
    """Translate by a model that answers what the test says, and return the runs."""

    async def complete(request: ChatRequest) -> str:
        return answer(request) if callable(answer) else answer.get(request.text, "rien")

    backend = ChatTranslator(complete, lambda: ("model", frozenset(("de", "en", "fr", "ja"))))
    runs = [passage] if isinstance(passage, str) else passage
    made = CheckedTranslation(backend, pair, wishes or Wishes())
    [done] = asyncio.run(made.translate([Passage(runs, marks)]))
    return list(done.runs)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two!  Three?", ["One.", " Two!", "  Three?"]),
        ("Mr. Smith left. He ran.", ["Mr. Smith left.", " He ran."]),
        ("It costs 3.50 now.\n\nYes", ["It costs 3.50 now.", "\n\n", "Yes"]),
        ("一つ。二つ。", ["一つ。", "二つ。"]),
        ("", []),
    ],
)
def test_texts_are_cut_into_sentences(text: str, pieces: list[str]):
    assert sentences.cut(text) == pieces


def test_long_sentences_are_cut_at_commas_and_words():
    text = "many words, " * 100 + "x" * 900

    pieces = sentences.cut(text)

    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= sentences.MOST_CHARACTERS
    assert pieces[0].endswith(",")


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("We sold 1,250 of 3.", "Nous en avons vendu 1 250 sur 3.", []),
        ("It costs $49.90.", "Il coûte 49,90 $.", []),
        ("At 3 p.m.", "À 15 h.", []),
        ("At 3.", "À 15 h.", ["3"]),
        ("Rooms 12 and 12.", "La salle 12.", ["12"]),
    ],
)
def test_numbers_are_found_in_another_form(source: str, target: str, lost: list[str]):
    assert figures.lost(source, target) == lost


def test_torn_numbers_are_mended():
    assert figures.mended("1 250 units", "1, 250 unités") == "1 250 unités"


def test_wrong_days_are_exchanged():
    source = "Before Thursday, 12 March."

    mended = calendar_words.mended(source, "Avant mercredi 12 avril.", EN_FR)

    assert mended == "Avant jeudi 12 mars."
    assert calendar_words.lost("You may march on.", "Vous pouvez partir.", EN_FR) == []


def test_figures_take_the_place_of_words_for_them():
    written = "J'ai trois chiens et deux chats."

    assert calendar_words.in_figures(["3"], written, EN_FR) == "J'ai 3 chiens et deux chats."
    assert calendar_words.in_figures(["4", "30"], written, EN_FR) == written
    assert calendar_words.in_figures(["2"], "Un vélo.", Pair("en", "pl")) == "Un vélo."


def test_wrong_numbers_in_words_are_exchanged_where_they_are_numbers():
    source = "She was seven years old."

    assert calendar_words.mended(source, "Elle avait six ans.", EN_FR) == "Elle avait sept ans."
    assert calendar_words.lost_numbers("Two eggs.", "2 œufs.", EN_FR) == 0
    assert calendar_words.lost_numbers("Two eggs.", "Des œufs.", EN_FR) == 1
    assert calendar_words.lost_numbers("Un vélo neuf.", "A new bike.", Pair("fr", "en")) == 0
    assert calendar_words.lost_numbers("Two cups.", "Duas taças.", Pair("en", "pt")) == 0


def test_a_sentence_begins_as_its_source_does():
    assert translated("Nobody came.", {"Nobody came.": "personne n'est venu"}) == [
        "Personne n'est venu."
    ]


def test_terms_are_whole_words_and_the_longer_first():
    terms = [Term("gift", "cadeau"), Term("gift card", "carte"), Term("art", "art")]

    table = TermTable(terms, "en")
    found = table.met("A gift card, a part and a gift; a Gift.")

    assert [term.source for term in found] == ["gift card", "gift"]


def test_terms_stand_anywhere_where_words_have_no_spaces():
    table = TermTable([Term("東京", "Tokyo"), Term("京", "Kyo")], "ja")

    assert table.replaced("私は東京へ。") == "私はTokyoへ。"


@pytest.mark.parametrize(
    ("source", "target", "pair"),
    [
        ("Read the whole text now.", "Read the whole text now.", EN_FR),
        ("Read the whole text now.", "", EN_FR),
        ("Read the whole text now.", "阅读全文。", EN_FR),
        ("Read the whole text now.", "Read二 text.", Pair("en", "ja")),
        ("Read the whole text now.", "Oui. " * 40, EN_FR),
    ],
)
def test_what_is_no_translation_is_known(source: str, target: str, pair: Pair):
    assert judge(Ask(sentence=source), target, pair).is_no_translation


def test_a_sentence_is_asked_for_again_with_what_was_lost():
    asked: list[str] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request.instructions)
        return "Appelez le 555." if "Keep as it is: 555" in request.instructions else "Appelez."

    assert translated("Call 555.", answer) == ["Appelez le 555."]
    assert len(asked) == 2


def test_what_is_always_lost_is_put_back_between_pieces():
    answers = {"Write to": "Écrivez à", "or call": "ou appelez le"}

    done = translated("Write to help@example.com or call 555.", answers)

    assert done == ["Écrivez à help@example.com ou appelez le 555."]


def test_marks_stay_in_their_order():
    answers = {"Read the": "Lisez le", "manual": "manuel", "first.": "d'abord."}
    whole = {"Read the <b>manual</b> first.": "Lisez d'abord le <b>manuel</b>."}
    runs, marks = ["Read the ", "manual", " first."], ["<b>", "</b>"]

    assert translated(runs, answers, marks=marks) == ["Lisez le ", "manuel", " d'abord."]
    assert translated(runs, whole, marks=marks) == ["Lisez d'abord le ", "manuel", "."]


def test_spaces_between_sentences_are_those_of_the_language():
    answers = {
        "Good day.": "こんにちは。",
        "How are you?": "お元気ですか？",
        "元気です。": "I am fine.",
    }

    assert translated("Good day. How are you?", answers, pair=Pair("en", "ja")) == [
        "こんにちは。お元気ですか？"
    ]
    assert translated("元気です。元気です。", answers, pair=Pair("ja", "en")) == [
        "I am fine. I am fine."
    ]


def test_the_likest_examples_are_shown():
    shown: list[Sequence[tuple[str, str]]] = []

    def answer(request: ChatRequest) -> str:
        shown.append(request.turns)
        return "Le chat dort."

    examples = [Example("The dog sleeps.", "Le chien dort."), Example("Pay now!", "Payez !")]
    translated("The cat sleeps.", answer, wishes=Wishes(examples=examples))

    assert shown[0][1:] == [("The dog sleeps.", "Le chien dort.")]


def test_the_shorter_of_two_translations_is_taken():
    def answer(request: ChatRequest) -> str:
        return "Fermé." if "brief" in request.instructions else "Le bureau est fermé."

    assert translated("We are closed.", answer, wishes=Wishes(is_brief=True)) == ["Fermé."]
