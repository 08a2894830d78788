"""How the parameters of `inputs` requests choose tokens.

Source: https://huggingface.co/docs/text-generation-inference/basic_tutorials/consuming_tgi,
https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from outcrop.engines.chat.interface import Sampling
from outcrop.services.sagemaker.generating.fields import Fields

NO_WARPERS = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}
"""What leaves the probabilities as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a container takes where a request is silent."""

    max_new_tokens: int
    needs_do_sample: bool = False
    """Whether a temperature alone leaves the choice to the likeliest token."""
    largest_top_p: float = 1.0
    stop: Sequence[str] = ("stop",)
    """What the member is called that names stop sequences."""


def sampling_of(given: Fields, defaults: Defaults) -> Sampling:
    """Return how tokens are chosen; without a wish for chance, always the likeliest.

    Raises:
        RefusalError: A parameter is out of its range.
    """
    temperature = given.number("temperature", lambda it: it > 0, "strictly positive")
    top_p = given.number("top_p", lambda it: 0 < it <= defaults.largest_top_p, "> 0.0 and < 1.0")
    top_k = given.integer("top_k", least=0)
    warps = any(given.values.get(name) not in (None, usual) for name, usual in NO_WARPERS.items())
    is_random = given.truth("do_sample") or (warps and not defaults.needs_do_sample)
    penalty = given.number("repetition_penalty", lambda it: it > 0, "strictly positive")
    frequency = given.number("frequency_penalty", lambda it: -2 <= it <= 2, ">= -2.0 and <= 2.0")
    most = given.integer("max_new_tokens", least=1)
    return Sampling(
        max_tokens=defaults.max_new_tokens if most is None else most,
        temperature=(1.0 if temperature is None else temperature) if is_random else 0.0,
        # What a request leaves open is left open, whatever the model's own defaults are.
        top_p=1.0 if top_p is None else top_p,
        top_k=0 if top_k is None else top_k,
        stop_sequences=tuple(text for name in defaults.stop for text in given.texts(name)),
        seed=given.integer("seed", least=0),
        repetition_penalty=1.0 if penalty is None else penalty,
        frequency_penalty=frequency or 0.0,
        presence_penalty=given.number("presence_penalty") or 0.0,
    )
