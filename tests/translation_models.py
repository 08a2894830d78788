"""Tiny models in CTranslate2's format, whose translations are known: each word leads to the next.

The decoder's only weights that are not nothing are its embeddings, one direction for each word, and
its projection, which leads from a word's direction to the next word's.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

START, END, UNKNOWN = "<s>", "</s>", "<unk>"
WIDTH = 256
STRENGTH = 50.0


def make_pieces(path: Path, texts: Sequence[str]) -> list[str]:
    """Write a SentencePiece model that knows the words of some texts, and return its pieces."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=written,
        vocab_size=200,
        model_type="word",
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(written.getvalue())
    pieces: Any = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    return [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]


def make_model(folder: Path, vocabulary: Sequence[str], follows: Mapping[str, str]) -> None:
    """Write a model of a shared vocabulary in which one word follows another, whatever was said."""
    words = [*dict.fromkeys((UNKNOWN, START, END, *vocabulary))]
    spec: Any = TransformerSpec.from_config((1, 1), num_heads=1)
    for part in (spec.encoder, spec.decoder):
        _fill_layers(part)
    directions = np.eye(len(words), WIDTH, dtype=np.float32) * STRENGTH
    spec.encoder.embeddings[0].weight = directions
    spec.decoder.embeddings.weight = directions
    projection = np.zeros((len(words), WIDTH), np.float32)
    for word, following in {**dict.fromkeys(words, END), **follows}.items():
        projection[words.index(following), words.index(word)] = STRENGTH
    spec.decoder.projection.weight = projection
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.config.decoder_start_token = END
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = START, END, UNKNOWN
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _fill_layers(part: Any) -> None:
    """Let every layer add nothing to what goes through it."""
    _fill_norm(part.layer_norm)
    for layer in part.layer:
        attentions = [
            layer.self_attention,
            *([layer.attention] if hasattr(layer, "attention") else []),
        ]
        for attention in attentions:
            _fill_norm(attention.layer_norm)
            sizes = (3, 1) if len(attention.linear) == 2 else (1, 2, 1)
            for linear, size in zip(attention.linear, sizes, strict=True):
                _fill_linear(linear, size * WIDTH, WIDTH)
        _fill_norm(layer.ffn.layer_norm)
        _fill_linear(layer.ffn.linear_0, WIDTH, WIDTH)
        _fill_linear(layer.ffn.linear_1, WIDTH, WIDTH)


def _fill_norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _fill_linear(linear: Any, outputs: int, inputs: int) -> None:
    linear.weight = np.zeros((outputs, inputs), np.float32)
    linear.bias = np.zeros(outputs, np.float32)
