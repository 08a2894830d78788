"""Which fifth of some images is for tests: the same one whenever it is asked for.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-distributing-datasets.html
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

TEST_SHARE = 0.2
LEAST_IMAGES = 2
"""Of a label: one to learn from, and one to test with."""


class TooFewImagesError(Exception):
    """A label has too few images to have some in both parts."""


def for_tests(labels: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the images that are for tests: about a fifth of each label's, and one at least.

    Args:
        labels: Of each image.

    Raises:
        TooFewImagesError: A label has one image only, or nothing has a label.
    """
    images: dict[str, list[str]] = {}
    for image in sorted(labels, key=_shuffled):
        for label in labels[image]:
            images.setdefault(label, []).append(image)
    if not images or min(map(len, images.values())) < LEAST_IMAGES:
        raise TooFewImagesError
    left = Counter({label: len(those) for label, those in images.items()})
    chosen: set[str] = set()
    for label in sorted(images, key=lambda label: (len(images[label]), label)):
        wanted = max(1, round(TEST_SHARE * len(images[label])))
        for image in images[label]:
            if len(chosen.intersection(images[label])) >= wanted:
                break
            if image not in chosen and all(left[each] > 1 for each in labels[image]):
                chosen.add(image)
                left.subtract(labels[image])
    without = sorted((image for image in labels if not labels[image]), key=_shuffled)
    return chosen.union(without[: round(TEST_SHARE * len(without))])


def _shuffled(image: str) -> bytes:
    return hashlib.sha256(image.encode()).digest()
