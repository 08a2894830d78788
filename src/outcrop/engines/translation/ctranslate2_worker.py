"""The process that holds a model of CTranslate2. Run by `CTranslate2Translator`."""

import json
import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Protocol

import ctranslate2  # pyright: ignore[reportMissingTypeStubs]: it ships none
import sentencepiece
import tokenizers

from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

CTRANSLATE2: Any = ctranslate2
SENTENCEPIECE: Any = sentencepiece
"""Neither has types."""
BEAM_SIZE = 4
MOST_TOKENS = 512
END = "</s>"
ONE_FOR_BOTH = ("sentencepiece.bpe.model", "sentencepiece.model", "spm.model")


class Pieces(Protocol):
    """Cuts sentences into the tokens of a vocabulary, and joins them."""

    def cut(self, sentence: str) -> list[str]:
        """Return a sentence's tokens."""
        ...

    def join(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens."""
        ...


class SentencePieces:
    """Tokens by SentencePiece, of one model for both sides or of two."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source: Any = SENTENCEPIECE.SentencePieceProcessor(model_file=str(source))
        self._target: Any = SENTENCEPIECE.SentencePieceProcessor(model_file=str(target))

    def cut(self, sentence: str) -> list[str]:
        """See `Pieces.cut`."""
        return list(self._source.encode(sentence, out_type=str))

    def join(self, tokens: Sequence[str]) -> str:
        """See `Pieces.join`."""
        return str(self._target.decode(list(tokens)))


class HubPieces:
    """Tokens by a `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = tokenizers.Tokenizer.from_file(str(path))

    def cut(self, sentence: str) -> list[str]:
        """See `Pieces.cut`."""
        return list(self._tokenizer.encode(sentence, add_special_tokens=False).tokens)

    def join(self, tokens: Sequence[str]) -> str:
        """See `Pieces.join`."""
        ids = [self._tokenizer.token_to_id(token) for token in tokens]
        return str(self._tokenizer.decode([one for one in ids if one is not None]))


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the model and what cuts its sentences."""
    folder = Path(config["folder"])
    report({"loading": str(folder)})
    if not (folder / "model.bin").is_file():
        raise child.RefusedError("load", f"{folder} has no model.bin.")
    pieces = _pieces(folder)
    threads = len(os.sched_getaffinity(0))
    try:
        model: Any = CTRANSLATE2.Translator(str(folder), device="cpu", intra_threads=threads)
    except (RuntimeError, ValueError) as error:
        raise child.RefusedError("load", f"{folder} is no model of CTranslate2: {error}") from error
    end = [] if _adds_end(folder) else [END]

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the translations, in order."""
        before, target = request.value["before"], request.value["target"]
        tokens = [[*before, *pieces.cut(one), *end] for one in request.value["sentences"]]
        found = model.translate_batch(
            tokens,
            target_prefix=[[target]] * len(tokens) if target else None,
            beam_size=BEAM_SIZE,
            max_decoding_length=MOST_TOKENS,
        )
        written: list[list[str]] = [each.hypotheses[0] for each in found]
        yield Frame(
            [pieces.join([one for one in tokens if one not in (target, END)]) for tokens in written]
        )

    return child.Ready(handle=handle)


def _pieces(folder: Path) -> Pieces:
    if (folder / "source.spm").is_file() and (folder / "target.spm").is_file():
        return SentencePieces(folder / "source.spm", folder / "target.spm")
    for name in ONE_FOR_BOTH:
        if (folder / name).is_file():
            return SentencePieces(folder / name, folder / name)
    if (folder / "tokenizer.json").is_file():
        return HubPieces(folder / "tokenizer.json")
    raise child.RefusedError(
        "load", f"{folder} has neither source.spm and target.spm, nor another SentencePiece model."
    )


def _adds_end(folder: Path) -> bool:
    """Tell whether the model itself ends sentences, as those made of Marian's own files do."""
    path = folder / "config.json"
    return path.is_file() and bool(json.loads(path.read_text("utf-8")).get("add_source_eos"))


if __name__ == "__main__":
    child.serve(start)
