"""The words for ImageNet's classes, and the more general ones above them, from WordNet.

`tools/make_image_taxonomy.py` writes `taxonomy.json`.

Source: https://wordnet.princeton.edu, version 3.0; its licence is in `WORDNET-LICENCE.txt`
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is known of a label, whatever the image."""

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    category: str


class Taxonomy:
    """All labels, and which classes make each of them true."""

    def __init__(self) -> None:
        text = files("outcrop.engines.image_labels").joinpath("taxonomy.json").read_text("utf-8")
        given: Any = json.loads(text)
        above = {label["name"]: label["parents"] for label in given["labels"]}
        self.words = [
            Word(
                name=label["name"],
                parents=tuple(_ancestors(label["name"], above)),
                aliases=tuple(label["aliases"]),
                category=label["category"] or "",
            )
            for label in given["labels"]
        ]
        places = {word.name: place for place, word in enumerate(self.words)}
        self._places = places
        self.objects: list[str] = given["objects"]
        """The labels of the classes of detectors that were trained on COCO, in their order."""
        self._members = np.zeros((len(self.words), len(given["classes"])), np.float32)
        """1 where a class is below a label, or is it: (labels, classes)."""
        for number, name in enumerate(given["classes"]):
            for word in (name, *self.words[places[name]].parents):
                self._members[places[word], number] = 1.0

    def scores(self, probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the probability of each label, (labels,), given that of each class."""
        return np.minimum(self._members @ probabilities, np.float32(1.0))

    def raise_scores(self, scores: npt.NDArray[np.float32], name: str, least: float) -> None:
        """Let a label, and all above it, have a score at least."""
        for word in (name, *self.words[self._places[name]].parents):
            place = self._places[word]
            scores[place] = max(float(scores[place]), least)


def _ancestors(name: str, above: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    waiting = [name]
    for each in waiting:  # It grows while it is read: nearer words come before those above them.
        for parent in above[each]:
            if parent not in found and parent != name:
                found.append(parent)
                waiting.append(parent)
    return found
