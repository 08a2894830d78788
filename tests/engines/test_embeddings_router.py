"""Which embedder answers for which model id."""

from collections.abc import AsyncGenerator

import pytest

from outcrop.engines.embeddings.interface import EmbedderUnavailableError
from outcrop.engines.embeddings.models import ALL_MINILM_L6_V2, MULTILINGUAL_E5_SMALL
from outcrop.engines.embeddings.onnx import OnnxEmbedder
from outcrop.engines.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from outcrop.engines.embeddings.router import EmbeddingsRouter
from outcrop.engines.embeddings.settings import RemoteEmbedderSettings
from tests.engines.embedders import onnx_settings

pytestmark = pytest.mark.anyio


def e5() -> OnnxEmbedder:
    return OnnxEmbedder(onnx_settings())


def remote() -> OpenAiCompatibleEmbedder:
    return OpenAiCompatibleEmbedder(
        RemoteEmbedderSettings(url="http://127.0.0.1:9/v1", model=ALL_MINILM_L6_V2)
    )


@pytest.fixture
async def router() -> AsyncGenerator[EmbeddingsRouter]:
    router = EmbeddingsRouter(
        routes={
            "cohere.embed-english-*": "remote",
            "cohere.*": "e5",
            "amazon.titan-embed-text-v?:*": "e5",
            "meta.*": "forgotten",
        },
        embedders={"e5": e5, "remote": remote},
    )
    yield router
    await router.close()


async def test_the_first_pattern_that_fits_decides(router: EmbeddingsRouter):
    ids = [
        "cohere.embed-english-v3",
        "cohere.embed-multilingual-v3",
        "amazon.titan-embed-text-v2:0",
    ]

    names = [router.model(model_id).name for model_id in ids]

    assert names == [
        ALL_MINILM_L6_V2.name,
        MULTILINGUAL_E5_SMALL.name,
        MULTILINGUAL_E5_SMALL.name,
    ]


async def test_an_embedder_is_made_once(router: EmbeddingsRouter):
    assert router.model("cohere.embed-multilingual-v3") is router.model(
        "amazon.titan-embed-text-v1:0"
    )


async def test_an_id_without_a_route_is_unavailable(router: EmbeddingsRouter):
    with pytest.raises(
        EmbedderUnavailableError, match=r"^No route for embeddings answers for unknown\.model\.$"
    ):
        router.model("unknown.model")


async def test_a_route_to_nowhere_is_named(router: EmbeddingsRouter):
    with pytest.raises(
        EmbedderUnavailableError,
        match=r"^meta\.llama is routed to 'forgotten', but no embedder has that name\.$",
    ):
        router.model("meta.llama")


async def test_closing_stops_what_runs(router: EmbeddingsRouter):
    embedder = router.model("cohere.embed-multilingual-v3")
    await embedder.embed(["hello"], purpose="query")
    assert isinstance(embedder, OnnxEmbedder)

    await router.close()

    assert embedder.worker.process is None
