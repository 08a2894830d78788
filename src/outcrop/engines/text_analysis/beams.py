"""Beams of readings of texts, by a recognizer of spaCy.

Source: https://github.com/explosion/spaCy/blob/master/spacy/pipeline/transition_parser.pyx
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from spacy.tokens import Doc

# Compiled, without types.
_INTERNALS: Any = import_module("spacy.pipeline._parser_internals._beam_utils")


def beams_of(recognizer: Any, docs: Sequence[Doc], *, width: int, density: float) -> list[Any]:
    """Return what `recognizer.beam_parse` does, in time that grows as the texts do.

    At every step a beam copies the list of all steps before, for each of its readings: most of
    the time of a long text. Only training asks for these lists, and the search itself for whether
    they are empty.
    """
    moves = recognizer.moves
    batch = _INTERNALS.BeamBatch(moves, moves.init_batch(docs), None, width, density=density)
    model = recognizer.model.predict(docs)
    while not batch.is_done and (states := batch.get_unfinished_states()):
        batch.advance(model.predict(states))
        for beam in batch:
            for steps in beam.histories:
                del steps[:-1]
    model.clear_memory()
    return list(batch)
