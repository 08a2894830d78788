"""Prints the numbers by which the finder of signatures tells how sure it is.

    python -m tools.calibrate_signatures FONTS [--pages N]

A logistic regression over what the net finds on pages like those that it learnt from, in other
fonts, with what a reader might have read: see `tools/draw_signature_crops.py`. What it prints are
`WEIGHTS` and `BIAS` of `engines/document_marks/signatures.py`.
"""

import argparse
import random
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.accuracy.signature_pages import draw, spoiled
from outcrop.engines.document_marks.signatures import SignatureFinder
from outcrop.engines.media.places import share_of_union
from tools.draw_signature_crops import as_read, faces_of

FAMILIES = {
    "print": "montserrat pt-serif",
    "hand": "indie-flower handlee over-the-rainbow waiting-for-the-sunrise",
    "script": "alex-brush tangerine moon-dance",
    "signature": "herr-von-muellerhoff qwigley vujahday-script licorice luxurious-script"
    " over-the-rainbow",
}
FIRST = 700_000
"""The first seed: pages that nobody learnt from."""
SAME = 0.3
"""Of the area that two boxes cover together, that they share at least."""


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("--pages", type=int, default=150)
    options = parser.parse_args()
    faces, finder = faces_of(options.fonts, FAMILIES), SignatureFinder()
    traits: list[tuple[float, ...]] = []
    truths: list[bool] = []
    drawn = 0
    for seed in range(FIRST, FIRST + options.pages):
        chance = random.Random(seed)
        page = draw(seed, faces)
        light = spoiled(page, chance)
        drawn += len(page.boxes)
        for each in finder.candidates(np.stack((light,) * 3, axis=2), as_read(page, chance)):
            traits.append(each.traits)
            truths.append(any(share_of_union(each.box, box) >= SAME for box in page.boxes))
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(traits), truths)
    right = fitted.predict(np.array(traits)) == np.array(truths)
    print(f"{drawn} signatures, {len(truths)} found, {sum(truths)} of them right;")
    print(f"{right.mean():.3f} of those are told apart")
    print("WEIGHTS =", tuple(round(float(one), 3) for one in fitted.coef_[0]))
    print("BIAS =", round(float(fitted.intercept_[0]), 3))


if __name__ == "__main__":
    main()
