"""QUERIES: questions that the chat model answers with words that stand on the page.

Source: https://docs.aws.amazon.com/textract/latest/dg/queryresponse.html
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.engines.chat.interface import (
    Chat,
    ChatError,
    Message,
    Prompt,
    Sampling,
    Text,
    TextDelta,
)
from outcrop.engines.document_fields.interface import Field, mean_score
from outcrop.engines.media.places import are_in_row, box_of
from outcrop.engines.ocr.interface import Word
from outcrop.services.textract import shapes
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.forms import words_box
from outcrop.services.textract.pages import ReadPage

MODEL = "amazon.textract-queries"
"""What `[chat.routes]` may name another model for."""
LONGEST_ANSWER_TOKENS = 80
LONGEST_PAGE_CHARS = 12_000
"""Of a page's text that the model is shown."""
MOST_CHOICES = 120
LONGEST_CHOICE_WORDS = 8
INSTRUCTION = (
    "You find facts on one page of a document. Answer the question with the words of the page,"
    " exactly as they are written there, as few as possible: a name, a number, a date, never a"
    " sentence. If the page does not tell, answer with an empty string."
)
AROUND_WORDS = ".,;:()[]\"'“”«»"


@dataclass(frozen=True, slots=True)
class Answer:
    """Words of the page, and how sure they are."""

    text: str
    words: Sequence[Word]
    score: float


async def add_queries(
    blocks: PageBlocks, queries: Sequence[Mapping[str, Any]], fields: Sequence[Field], chat: Chat
) -> None:
    """Add the blocks of questions, and of their answers where the page gives one.

    Args:
        blocks: Of the page.
        queries: What is asked.
        fields: Of the page, whose values answers may be.
        chat: The model.

    Raises:
        InternalServerError: The model is not there, or failed.
    """
    for query in queries:
        answer = await answer_of(blocks.page, query["Text"], fields, chat)
        result: list[str] = []
        if answer is not None:
            result.append(
                blocks.add("QUERY_RESULT", words_box(answer.words), answer.score, Text=answer.text)
            )
        blocks.add_query(query, result)


async def answer_of(
    page: ReadPage, question: str, fields: Sequence[Field], chat: Chat
) -> Answer | None:
    """Return what a page answers; `None` where it does not tell.

    Raises:
        InternalServerError: The model is not there, or failed.
    """
    if not page.lines:
        return None
    free: dict[str, Any] = {"type": "string"}
    said, score = await _ask(page, question, chat, free)
    found = _find(page, said)
    if said and not found:  # The model put it in words of its own: let it choose instead.
        said, score = await _ask(page, question, chat, {"enum": ["", *_choices(page, fields)]})
        found = _find(page, said)
    if not found:
        return None
    text = " ".join(word.text for word in found).strip(".,;: ")
    return Answer(text, found, mean_score(found) * (1.0 if score is None else score))


async def _ask(
    page: ReadPage, question: str, chat: Chat, answers: Mapping[str, Any]
) -> tuple[str, float | None]:
    """Return the model's words and their probability, where the model tells it."""
    prompt = Prompt(
        messages=[
            Message(role="system", parts=[Text(INSTRUCTION)]),
            Message(role="user", parts=[Text(f"{page_text(page)}\n\nQuestion: {question}")]),
        ],
        json_schema={
            "type": "object",
            "properties": {"answer": answers},
            "required": ["answer"],
            "additionalProperties": False,
        },
        sampling=Sampling(max_tokens=LONGEST_ANSWER_TOKENS, temperature=0.0),
        tells_tokens=True,
        model_id=MODEL,
    )
    words: list[str] = []
    probabilities: list[float] = []
    try:
        async with aclosing(chat.model(MODEL).generate(prompt)) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    words.append(delta.text)
                    probabilities += [
                        token.logprob for token in delta.tokens if token.logprob is not None
                    ]
    except ChatError as error:
        raise shapes.InternalServerError(str(error)) from error
    score = math.exp(sum(probabilities) / len(probabilities)) if probabilities else None
    return _answer("".join(words)), score


def _answer(said: str) -> str:
    try:
        told: Any = read_json(said.encode())
        return str(told["answer"]).strip()
    except (ValueError, TypeError, KeyError):  # It was cut off.
        return ""


def page_text(page: ReadPage) -> str:
    """Return the text of a page, what stands in one row in one line."""
    rows: list[list[str]] = []
    box = None
    for line in page.lines:
        before, box = box, box_of(line.polygon)
        if before is not None and are_in_row(before, box) and before[0] < box[0]:
            rows[-1].append(line.text)
        else:
            rows.append([line.text])
    return "\n".join("  ".join(row) for row in rows)[:LONGEST_PAGE_CHARS]


def _choices(page: ReadPage, fields: Sequence[Field]) -> list[str]:
    """Return what short things stand on a page: values, then lines."""
    texts = [field.text for field in fields]
    texts += [line.text for line in page.lines if len(line.words) <= LONGEST_CHOICE_WORDS]
    return list(dict.fromkeys(texts))[:MOST_CHOICES]


def _find(page: ReadPage, said: str) -> list[Word]:
    """Return the first words of the page that are those that the model said; none: it has not."""
    wanted = [part for each in said.split() if (part := _plain(each))]
    if not wanted:
        return []
    words = [(word, _plain(word.text)) for line in page.lines for word in line.words]
    words = [(word, plain) for word, plain in words if plain]
    for start in range(len(words) - len(wanted) + 1):
        found = words[start : start + len(wanted)]
        if [plain for _, plain in found] == wanted:
            return [word for word, _ in found]
    return []


def _plain(word: str) -> str:
    return word.strip(AROUND_WORDS).casefold()
