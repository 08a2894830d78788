"""Which models answer under the names that their publishers gave them."""

from pathlib import Path

import pytest

from outcrop.assembly.chat import LazyChat
from outcrop.assembly.embeddings import LazyEmbeddings
from outcrop.engines.chat.interface import ModelUnavailableError
from outcrop.engines.chat.settings import ChatSettings, ScriptedRule, ScriptedSettings
from outcrop.engines.embeddings.interface import EmbedderUnavailableError
from outcrop.engines.embeddings.settings import EmbeddingsSettings
from outcrop.weights import WeightsSettings, WeightStore
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio
SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
PARROT = {"parrot": ScriptedSettings(rules=(ScriptedRule(text="Hello."),))}


def chat(**settings: object) -> LazyChat:
    return LazyChat(ChatSettings(scripted=PARROT, **settings), small_weights())  # pyright: ignore[reportArgumentType] - told by name


@pytest.mark.parametrize("name", [SMALL, "Qwen/Qwen2.5-Coder-0.5B-Instruct"])
async def test_weights_are_found_by_their_own_name_and_their_models_on_the_hub(name: str) -> None:
    found = chat()

    assert found.published(name).name == SMALL
    await found.close()


def test_a_route_decides_who_stands_for_a_published_model() -> None:
    routed = chat(routes={"meta-llama/*": "parrot", "*": SMALL})

    assert routed.published("meta-llama/Meta-Llama-3-8B-Instruct").name == "parrot"
    assert routed.published("parrot").name == "parrot"


def test_no_other_model_stands_in_for_an_unknown_one() -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        chat(routes={"*": "parrot"}).published("acme/unheard-of-9b")

    assert str(caught.value).startswith("No chat model here is acme/unheard-of-9b; there are Qwen/")
    assert '[chat.routes] "acme/unheard-of-9b" = "NAME".' in str(caught.value)


def test_known_weights_that_are_not_there_say_how_to_fetch_them(tmp_path: Path) -> None:
    empty = LazyChat(
        ChatSettings(scripted=PARROT, model="parrot"),
        WeightStore(WeightsSettings(directory=tmp_path)),
    )

    with pytest.raises(ModelUnavailableError, match=f"outcrop models pull {SMALL}"):
        empty.published("Qwen/Qwen2.5-Coder-0.5B-Instruct")


async def test_embedders_are_found_by_their_models_on_the_hub() -> None:
    embeddings = LazyEmbeddings(EmbeddingsSettings(), small_weights())

    assert embeddings.published("intfloat/multilingual-e5-small").name == "multilingual-e5-small"
    with pytest.raises(EmbedderUnavailableError, match="No embedder here is acme/unheard-of"):
        embeddings.published("acme/unheard-of")
    await embeddings.close()
