"""Prompts in a vendor's own template, taken apart into the turns of a conversation.

The model that answers has a template of its own, so marks of another one would only be noise to it.

Sources: "Human: … Assistant:", Anthropic's text completions; `[INST]`, Mistral and Llama 2;
`<|start_header_id|>`, Llama 3 and 4; `<｜User｜>`, DeepSeek R1; `<|im_start|>`, ChatML.
"""

import re
from collections.abc import Callable, Sequence

from outcrop.engines.chat.interface import Message, Role, Text

_LLAMA_3 = re.compile(
    r"<\|(?:start_header_id|header_start)\|>\s*(\w+)\s*<\|(?:end_header_id|header_end)\|>"
    r"(.*?)(?=<\|(?:eot_id|eot|start_header_id|header_start)\|>|\Z)",
    re.DOTALL,
)
_CHATML = re.compile(r"<\|im_start\|>(\w+)\n?(.*?)(?=<\|im_end\|>|<\|im_start\|>|\Z)", re.DOTALL)
_INSTRUCTION = re.compile(r"\[INST\](.*?)\[/INST\](.*?)(?=<s>|</s>|\[INST\]|\Z)", re.DOTALL)
_SYSTEM = re.compile(r"<<SYS>>(.*?)<</SYS>>", re.DOTALL)
_HUMAN = re.compile(r"(?:^|\n\n)(Human|Assistant):(.*?)(?=\n\n(?:Human|Assistant):|\Z)", re.DOTALL)
_DEEPSEEK = re.compile(r"<｜(User|Assistant)｜>(.*?)(?=<｜|\Z)", re.DOTALL)
_THOUGHTS_TO_COME = re.compile(r"<think>\s*(?:</think>\s*)?\Z")
"""What opens R1's thoughts, or forgoes them; a model that has none would only close the mark."""
_ROLES: dict[str, Role] = {
    "system": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
}


def messages_of(prompt: str) -> Sequence[Message]:
    """Return the turns of a prompt; one without any template's marks is the user's only turn."""
    for mark, read in _TEMPLATES:
        if mark in prompt:
            messages = [message for message in read(prompt) if _words(message)]
            if messages:
                return messages
    return [Message("user", [Text(prompt.strip())])]


def _words(message: Message) -> str:
    part = message.parts[0]
    return part.text if isinstance(part, Text) else ""


def _turn(role: str, text: str) -> Message:
    return Message(_ROLES.get(role.lower(), "user"), [Text(text.strip())])


def _by_role(pattern: re.Pattern[str]) -> Callable[[str], list[Message]]:
    return lambda prompt: [_turn(found[1], found[2]) for found in pattern.finditer(prompt)]


def _deepseek(prompt: str) -> list[Message]:
    prompt = _THOUGHTS_TO_COME.sub("", prompt)
    system = prompt.partition("<｜User｜>")[0].replace("<｜begin▁of▁sentence｜>", "")
    return [_turn("system", system), *_by_role(_DEEPSEEK)(prompt)]


def _human(prompt: str) -> list[Message]:
    system = re.split(r"(?:^|\n\n)Human:", prompt, maxsplit=1)[0]
    return [_turn("system", system), *_by_role(_HUMAN)(prompt)]


def _instructions(prompt: str) -> list[Message]:
    messages: list[Message] = []
    if system := _SYSTEM.search(prompt):
        messages.append(_turn("system", system[1]))
    for found in _INSTRUCTION.finditer(_SYSTEM.sub("", prompt)):
        messages += [_turn("user", found[1]), _turn("assistant", found[2])]
    return messages


_TEMPLATES: Sequence[tuple[str, Callable[[str], list[Message]]]] = (
    ("<|start_header_id|>", _by_role(_LLAMA_3)),
    ("<|header_start|>", _by_role(_LLAMA_3)),
    ("<|im_start|>", _by_role(_CHATML)),
    ("[INST]", _instructions),
    ("<｜User｜>", _deepseek),
    ("Human:", _human),
)
