"""Prompts in each vendor's template, taken apart."""

import pytest

from outcrop.engines.chat.interface import Text
from outcrop.services.bedrock_runtime.model_families.templates import messages_of

SYSTEM, QUESTION, ANSWER, MORE = "Be brief.", "Who?", "She.", "And why?"
TURNS = [("system", SYSTEM), ("user", QUESTION), ("assistant", ANSWER), ("user", MORE)]


def turns(prompt: str) -> list[tuple[str, str]]:
    return [
        (message.role, "".join(part.text for part in message.parts if isinstance(part, Text)))
        for message in messages_of(prompt)
    ]


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param(
            f"{SYSTEM}\n\nHuman: {QUESTION}\n\nAssistant: {ANSWER}\n\nHuman: {MORE}\n\nAssistant:",
            id="anthropic",
        ),
        pytest.param(
            f"<s>[INST] <<SYS>>\n{SYSTEM}\n<</SYS>>\n\n{QUESTION} [/INST] {ANSWER} </s>"
            f"<s>[INST] {MORE} [/INST]",
            id="llama 2",
        ),
        pytest.param(
            "<|begin_of_text|>"
            f"<|start_header_id|>system<|end_header_id|>\n\n{SYSTEM}<|eot_id|>"
            f"<|start_header_id|>user<|end_header_id|>\n\n{QUESTION}<|eot_id|>"
            f"<|start_header_id|>assistant<|end_header_id|>\n\n{ANSWER}<|eot_id|>"
            f"<|start_header_id|>user<|end_header_id|>\n\n{MORE}<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
            id="llama 3",
        ),
        pytest.param(
            "<|begin_of_text|>"
            f"<|header_start|>system<|header_end|>\n\n{SYSTEM}<|eot|>"
            f"<|header_start|>user<|header_end|>\n\n{QUESTION}<|eot|>"
            f"<|header_start|>assistant<|header_end|>\n\n{ANSWER}<|eot|>"
            f"<|header_start|>user<|header_end|>\n\n{MORE}<|eot|>"
            "<|header_start|>assistant<|header_end|>",
            id="llama 4",
        ),
        pytest.param(
            f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{QUESTION}<|im_end|>\n"
            f"<|im_start|>assistant\n{ANSWER}<|im_end|>\n<|im_start|>user\n{MORE}<|im_end|>\n"
            "<|im_start|>assistant\n",
            id="chatml",
        ),
        pytest.param(
            f"<｜begin▁of▁sentence｜>{SYSTEM}<｜User｜>{QUESTION}<｜Assistant｜>{ANSWER}"
            f"<｜end▁of▁sentence｜><｜User｜>{MORE}<｜Assistant｜>",
            id="deepseek",
        ),
    ],
)
def test_a_conversation_in_a_vendors_template_becomes_its_turns(prompt: str) -> None:
    assert turns(prompt) == TURNS


def test_mistrals_template_has_no_system_prompt() -> None:
    prompt = f"<s>[INST] {QUESTION} [/INST] {ANSWER}</s>[INST] {MORE} [/INST]"

    assert turns(prompt) == TURNS[1:]


def test_a_plain_prompt_is_the_users_turn() -> None:
    assert turns("  Tell me of INST and Human beings.\n") == [
        ("user", "Tell me of INST and Human beings.")
    ]


def test_marks_without_words_leave_the_prompt_as_it_is() -> None:
    assert turns("[INST]") == [("user", "[INST]")]


def test_words_of_an_answer_that_has_begun_are_the_assistants() -> None:
    assert turns("\n\nHuman: Count.\n\nAssistant: One, two,") == [
        ("user", "Count."),
        ("assistant", "One, two,"),
    ]


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        pytest.param("<think>\n", [], id="thoughts to come"),
        pytest.param("<think>\n\n</think>\n\n", [], id="thoughts forgone"),
        pytest.param(
            "<think>\nAs to", [("assistant", "<think>\nAs to")], id="thoughts that have begun"
        ),
    ],
)
def test_deepseeks_mark_of_thoughts_is_no_word_of_the_answer(
    begun: str, answer: list[tuple[str, str]]
) -> None:
    prompt = f"\n<｜begin▁of▁sentence｜><｜User｜>{QUESTION}<｜Assistant｜>{begun}\n"

    assert turns(prompt) == [("user", QUESTION), *answer]
