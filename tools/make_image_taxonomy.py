"""Writes the labels of image_labels: ImageNet's 1,000 classes below WordNet's more general nouns.

The 80 things that COCO's detectors find are among them.

    python tools/make_image_taxonomy.py .../wordnet/data.noun classes.txt

`data.noun` is WordNet 3.0's (Debian's package wordnet-base has it); `classes.txt` has the 1,000
synsets of ImageNet's challenge of 2012, one a line in the order of the classes: `n01440764`.
What is kept of WordNet, and which of Amazon Rekognition's categories its nouns belong to, is
decided below.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

TARGET = Path("src/outcrop/engines/image_labels/taxonomy.json")

DROPPED = """
abstraction agamid agent ambystomid anapsid angiosperm anseriform_bird anthropoid_ape armor_plate
article artifact barrier beating-reed_instrument breathing_device causal_agent chelonian chordate
cloth_covering coelenterate colubrid_snake commodity communication communication_system
consumer_goods control conveyance coraciiform_bird corvine_bird course covering craft cutter
cyprinid cypriniform_fish data_input_device decapod_crustacean decoration device diapsid
dictyopterous_insect digital_computer double-reed_instrument drug drug_of_abuse durables edentate
elapid elasmobranch electrical_device electro-acoustic_transducer entity equipment establishment
fastener filter flavorer fluid foodstuff framework free-reed_instrument ganoid gallinaceous_bird
gear geological_formation heavier-than-air_craft homopterous_insect hymenopterous_insect iguanid
implement ingredient instrument instrumentality lagomorph lamellicorn_beetle leporid
lighter-than-air_craft liquid living_thing magnifier matter mechanical_device mechanism
metatherian monotreme movable_barrier natural_elevation natural_object nutriment object
obstruction odd-toed_ungulate odonate organism orthopterous_insect oscine overgarment pachyderm
part passerine percoid_fish phasianid physical_entity piciform_bird piece piece_of_cloth placental
plant_organ plant_part protective_covering prototherian reflector relation reproductive_structure
restraint saurian scarabaeid_beetle self-propelled_vehicle sheath shield shaker slot_machine
soft-finned_fish solid source_of_illumination spermatophyte spiny-finned_fish staff starches
structure substance support supporting_structure system teleost_fish top transducer trap
vascular_plant vertebrate viverrine ware weight whole
"""
"""Lemmas that say little to somebody who looks at a picture."""
DROPPED_SYNSETS = """
n04531098 n03206908 n02955065 n02954938 n02152991 n03700963 n04192858 n02384858 n03959701
n03875218 n13809207 n03892891
"""
"""The same of lemmas whose other meaning is kept."""
SEVERED = frozenset((("n04576211", "n03094503"), ("n07930864", "n07930554")))
"""WordNet's wheeled vehicles are containers, which nobody sees in them; ImageNet's cups are a
kind of punch by their synset, and cups by their pictures."""
NAMES = {
    "n02704792": "Amphibious Vehicle",
    "n02892201": "Plaque",
    "n02113186": "Cardigan Welsh Corgi",
    "n02012849": "Crane Bird",
    "n03710721": "Tank Suit",
    "n03991062": "Flowerpot",
    "n04037443": "Race Car",
    "n04152593": "CRT Screen",
    "n04389033": "Army Tank",
    "n04530566": "Watercraft",
    "n02959942": "Railway Car",
    "n03450516": "Robe",
    "n03990474": "Cooking Pot",
    "n04388743": "Storage Tank",
    "n02891788": "Brass Instrument",
    "n01514668": "Rooster",
    "n01608432": "Kite Bird",
    "n02773838": "Suitcase",
    "n02774152": "Handbag",
    "n02992529": "Cell Phone",
    "n03346898": "Fire Hydrant",
    "n03483316": "Hair Dryer",
    "n04256520": "Couch",
    "n04399382": "Teddy Bear",
    "n04592099": "Wine Glass",
    "n07697537": "Hot Dog",
    "n11536230": "Potted Plant",
}
"""Where WordNet's first lemma has two meanings here, or a coarse one."""
MOST_ALIASES = 2
"""WordNet's first lemmas are the usual ones; the last are slang."""
OBJECTS = """
n00007846 n02834778 n02958343 n03790512 n02691156 n02924116 n04468005 n04490091 n02858304 n06874185
n03346898 n06794110 n03891332 n02828884 n01503061 n02121620 n02084071 n02374451 n02411705 n02403454
n02503517 n02131653 n02391049 n02439033 n02769748 n04507155 n02774152 n03815615 n02773838 n03397947
n04228054 n04251791 n02778669 n03621473 n02799175 n02800213 n04225987 n04363559 n04409806 n02876657
n04592099 n03147509 n03383948 n03623556 n04284002 n02881193 n07753592 n07739125 n07695965 n07747607
n07714990 n07730207 n07697537 n07873807 n07639069 n07628870 n03001627 n04256520 n11536230 n02818832
n03201208 n04446521 n04404412 n03642806 n03793489 n04074963 n03085013 n02992529 n03761084 n03862676
n04442312 n04223580 n04070727 n02870092 n03046257 n04522168 n04148054 n04399382 n03483316 n04453156
"""
"""What COCO's 80 classes are in WordNet, in their order; its stop signs are street signs there.

Source: https://cocodataset.org
"""
CATEGORIES = {
    "animal": "Animals and Pets",
    "plant": "Plants and Flowers",
    "flower": "Plants and Flowers",
    "fungus": "Plants and Flowers",
    "natural_object": "Nature and Outdoors",
    "geological_formation": "Nature and Outdoors",
    "food": "Food and Beverage",
    "produce": "Food and Beverage",
    "beverage": "Food and Beverage",
    "dish": "Food and Beverage",
    "clothing": "Apparel and Accessories",
    "footwear": "Apparel and Accessories",
    "headdress": "Apparel and Accessories",
    "neckwear": "Apparel and Accessories",
    "bag": "Apparel and Accessories",
    "vehicle": "Vehicles and Automotive",
    "wheel": "Vehicles and Automotive",
    "public_transport": "Transport and Logistics",
    "appliance": "Home Appliances",
    "container": "Home and Indoors",
    "electronic_device": "Technology and Computing",
    "lamp": "Home and Indoors",
    "optical_instrument": "Technology and Computing",
    "structure": "Buildings and Architecture",
    "furniture": "Furniture and Furnishings",
    "furnishing": "Furniture and Furnishings",
    "home_appliance": "Home Appliances",
    "kitchen_utensil": "Kitchen and Dining",
    "tableware": "Kitchen and Dining",
    "bottle": "Kitchen and Dining",
    "glass": "Kitchen and Dining",
    "musical_instrument": "Performing Arts",
    "sports_equipment": "Sports",
    "game_equipment": "Toys and Gaming",
    "plaything": "Toys and Gaming",
    "weapon": "Weapons and Military",
    "military_vehicle": "Weapons and Military",
    "armor": "Weapons and Military",
    "computer": "Technology and Computing",
    "electronic_equipment": "Technology and Computing",
    "peripheral": "Technology and Computing",
    "photographic_equipment": "Technology and Computing",
    "camera": "Technology and Computing",
    "tool": "Tools and Machinery",
    "machine": "Tools and Machinery",
    "measuring_instrument": "Tools and Machinery",
    "medical_instrument": "Medical",
    "writing_implement": "Offices and Workspaces",
    "toiletry": "Beauty and Personal Care",
    "person": "Person Description",
    "fabric": "Materials",
}
"""By lemmas; the nearest one above a noun decides."""


@dataclass(frozen=True, slots=True)
class Synset:
    """A meaning, and the more general ones right above it."""

    lemmas: list[str]
    above: list[str]


class Label(TypedDict):
    """A label as the file has it."""

    name: str
    aliases: list[str]
    parents: list[str]
    category: str | None


class Taxonomy:
    """The nouns that are kept."""

    def __init__(self, nouns: Path, classes: Path) -> None:
        self.synsets = dict(read_nouns(nouns))
        self.classes = classes.read_text(encoding="utf-8").split()
        below = Counter(upper for leaf in self.classes for upper in self.ancestors(leaf))
        self.kept = {*self.classes, *OBJECTS.split()} | {
            synset
            for synset, count in below.items()
            if count > 1
            and synset not in DROPPED_SYNSETS.split()
            and self.synsets[synset].lemmas[0] not in DROPPED.split()
        }

    def ancestors(self, synset: str) -> list[str]:
        """Return what is above a noun, the nearest first."""
        found: list[str] = []
        waiting = [synset]
        for each in waiting:
            for upper in self.synsets[each].above:
                if upper not in found:
                    found.append(upper)
                    waiting.append(upper)
        return found

    def parents(self, synset: str) -> list[str]:
        """Return the kept nouns above a noun with none kept between."""
        found: list[str] = []
        for upper in self.synsets[synset].above:
            found += [upper] if upper in self.kept else self.parents(upper)
        return list(dict.fromkeys(found))

    def name(self, synset: str) -> str:
        """Return what a noun is called here."""
        return NAMES.get(synset) or titled(self.synsets[synset].lemmas[0])

    def aliases(self, synset: str) -> list[str]:
        """Return what else it is called."""
        names = [titled(lemma) for lemma in self.synsets[synset].lemmas]
        return [name for name in names if name != self.name(synset)][:MOST_ALIASES]

    def category(self, synset: str) -> str | None:
        """Return Rekognition's category of a noun."""
        for upper in (synset, *self.ancestors(synset)):
            if category := CATEGORIES.get(self.synsets[upper].lemmas[0]):
                return category
        return None


def read_nouns(path: Path) -> Iterator[tuple[str, Synset]]:
    """Give WordNet's nouns by their ids."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):  # The licence stands above the nouns.
            continue
        fields = line.partition(" | ")[0].split()
        count = int(fields[3], 16)
        pointers = fields[5 + 2 * count :]
        above = [
            f"n{pointers[at + 1]}" for at in range(0, len(pointers), 4) if pointers[at][0] == "@"
        ]
        synset = f"n{fields[0]}"
        kept = [upper for upper in above if (synset, upper) not in SEVERED]
        yield synset, Synset(fields[4 : 4 + 2 * count : 2], kept)


def titled(lemma: str) -> str:
    """Return a lemma as Rekognition writes its labels."""
    return " ".join(word[:1].upper() + word[1:] for word in lemma.split("_"))


def main() -> None:
    """Write the file."""
    taxonomy = Taxonomy(*map(Path, sys.argv[1:3]))
    labels: dict[str, Label] = {}
    for synset in sorted(taxonomy.kept, key=lambda synset: (taxonomy.name(synset), synset)):
        name = taxonomy.name(synset)
        parents = {taxonomy.name(each) for each in taxonomy.parents(synset)} - {name}
        if name in labels:  # Two meanings so near that they share the word: `Food`.
            known = labels[name]
            known["parents"] = sorted({*known["parents"], *parents})
            continue
        labels[name] = {
            "name": name,
            "aliases": taxonomy.aliases(synset),
            "parents": sorted(parents),
            "category": taxonomy.category(synset),
        }
    lines = ",\n".join(json.dumps(label, ensure_ascii=False) for label in labels.values())
    classes = json.dumps([taxonomy.name(each) for each in taxonomy.classes], ensure_ascii=False)
    objects = json.dumps([taxonomy.name(each) for each in OBJECTS.split()], ensure_ascii=False)
    TARGET.write_text(
        f'{{"labels": [\n{lines}\n],\n"classes": {classes},\n"objects": {objects}}}\n',
        encoding="utf-8",
    )
    doubles = [
        name for name, count in Counter(map(taxonomy.name, taxonomy.classes)).items() if count > 1
    ]
    print(len(labels), "labels; classes that share a name:", doubles)
    print("without a category:", [name for name in labels if not labels[name]["category"]])


if __name__ == "__main__":
    main()
