"""How well recognizers that users train find entities: conditional random fields, and spaCy's.

    python -m benchmarks.accuracy.custom_entities

Sentences are made of templates and fillers, in English and French. The sentences to test with have
templates and names that those to train of have not; who is an engineer and who a manager, the words
around a name tell alone. They are small and of our own making: expect less of other texts.
"""

import random
import time
from collections.abc import Callable, Sequence

import spacy
from spacy.training import Example
from thinc.api import fix_random_seed

from outcrop.engines.entity_recognizers.crf import Recognizer, train
from outcrop.engines.entity_recognizers.interface import Annotated, Span

KINDS = ("ENGINEER", "MANAGER", "ORDER", "PRODUCT")
TEMPLATES = {
    "en": (
        (
            "{ENGINEER} is an engineer in the high tech industry.",
            "{ENGINEER} has been an engineer for 14 years.",
            "Our engineer {ENGINEER} repaired the {PRODUCT} on Monday.",
            "The manager of the shop, {MANAGER}, refused to refund order {ORDER}.",
            "{MANAGER} has been a manager in the industry for 4 years.",
            "Please ask the manager {MANAGER} about the {PRODUCT}.",
            "I ordered a {PRODUCT} two weeks ago and it has not arrived.",
            "My order {ORDER} of a {PRODUCT} is late.",
            "Where is order {ORDER}? Nobody answers.",
            "The weather was nice and the staff were friendly.",
            "Julia Stone wrote to us about the broken lid.",
            "The {PRODUCT} from order {ORDER} makes a strange noise.",
        ),
        (
            "Yesterday {ENGINEER}, an engineer, looked at the {PRODUCT}.",
            "A manager called {MANAGER} told me to wait.",
            "Please send the {PRODUCT} again, my order was {ORDER}.",
            "The number {ORDER} is what I was given for the {PRODUCT}.",
            "Henry Wells was not at home when the parcel came.",
        ),
    ),
    "fr": (
        (
            "{ENGINEER} est ingénieur dans l'industrie.",
            "{ENGINEER} travaille comme ingénieur depuis 14 ans.",
            "Notre ingénieur {ENGINEER} a réparé {PRODUCT} lundi.",
            "La directrice du magasin, {MANAGER}, a refusé de rembourser la commande {ORDER}.",
            "{MANAGER} est directrice depuis 4 ans.",
            "Demandez à la directrice {MANAGER} pour {PRODUCT}.",
            "J'ai commandé {PRODUCT} il y a deux semaines et rien n'est arrivé.",
            "Ma commande {ORDER} de {PRODUCT} est en retard.",
            "Où est la commande {ORDER} ? Personne ne répond.",
            "Il faisait beau et le personnel était aimable.",
            "Julie Lambert nous a écrit au sujet du couvercle cassé.",
            "{PRODUCT} de la commande {ORDER} fait un drôle de bruit.",
        ),
        (
            "Hier {ENGINEER}, ingénieur, a examiné {PRODUCT}.",
            "Une directrice nommée {MANAGER} m'a dit d'attendre.",
            "Merci de renvoyer {PRODUCT}, ma commande était {ORDER}.",
            "Le numéro {ORDER} est celui que j'ai reçu pour {PRODUCT}.",
            "Henri Vidal n'était pas chez lui quand le colis est venu.",
        ),
    ),
}
NAMES = {
    "en": (
        "Diego Ramirez|Emilio Johnson|Mary Major|John Stiles|Ana Silva|Kwaku Mensah|Li Juan|"
        "Nikki Wolf|Paulo Santos|Richard Roe|Saanvi Sarkar|Terry Whitlock|Zhang Wei|Carlos Salazar",
        "Mateo Jackson|Shirley Rodriguez|Arnav Desai|Jorge Souza|Martha Rivera|Pat Candella",
    ),
    "fr": (
        "Camille Bernard|Hugo Petit|Léa Moreau|Louis Garnier|Manon Faure|Nathan Roussel|"
        "Chloé Lefèvre|Jules Marchand|Inès Gauthier|Paul Renard|Sarah Boyer|Théo Lemaire",
        "Élise Carpentier|Maxime Dufour|Zoé Perrot|Antoine Colin|Lucie Barbier|Noé Guérin",
    ),
}
PRODUCTS = {
    "en": (
        "Aero Kettle 2|Polar Freezer|TurboMix Pro|Lumen Lamp|Stone Oven XL|Rapid Toaster",
        "Lumen Lamp|Polar Kettle|TurboMix Mini|Rapid Oven 3",
    ),
    "fr": (
        "Bouilloire Aéro 2|Congélateur Polaire|TurboMix Pro|Lampe Lumen|Four Pierre XL|Grille Vite",
        "Lampe Lumen|Bouilloire Polaire|TurboMix Mini|Four Vite 3",
    ),
}
Find = Callable[[str], Sequence[Span]]


def sentences(language: str, part: int, count: int) -> list[Annotated]:
    """Return annotated sentences to train of (part 0) or to test with (part 1)."""
    chance = random.Random(f"{language}{part}")
    templates = TEMPLATES[language][part]
    return [
        _filled(templates[number % len(templates)], language, part, chance)
        for number in range(count)
    ]


def _filled(template: str, language: str, part: int, chance: random.Random) -> Annotated:
    text = ""
    spans: list[Span] = []
    for piece in template.replace("}", "{").split("{"):
        if piece not in KINDS:
            text += piece
            continue
        match piece:
            case "ORDER":
                value = f"{chance.choice(('CMD', 'ORD', 'WEB'))}-{chance.randrange(10_000, 99_999)}"
            case "PRODUCT":
                value = chance.choice(PRODUCTS[language][part].split("|"))
            case _:
                value = chance.choice(NAMES[language][part].split("|"))
        spans.append(Span(len(text), len(text) + len(value), piece))
        text += value
    return Annotated(text, spans)


def by_crf(learned: Sequence[Annotated], _language: str) -> Find:
    """Train what Outcrop trains."""
    recognizer = Recognizer(train(learned))
    return lambda text: [each.span for each in recognizer.recognize(text)]


def by_spacy(learned: Sequence[Annotated], language: str) -> Find:
    """Train spaCy's recognizer from nothing."""
    fix_random_seed(0)
    pipeline = spacy.blank(language)
    pipeline.add_pipe("ner")
    examples = [
        Example.from_dict(pipeline.make_doc(each.text), {"entities": list(map(tuple, each.spans))})
        for each in learned
    ]
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(20):
        random.Random(0).shuffle(examples)
        for start in range(0, len(examples), 16):
            pipeline.update(examples[start : start + 16], sgd=optimizer, drop=0.2)
    return lambda text: [
        Span(each.start_char, each.end_char, each.label_) for each in pipeline(text).ents
    ]


def score(find: Find, tested: Sequence[Annotated]) -> tuple[float, float, float]:
    """Return precision, recall and F1; kind and both ends must be right."""
    right = found = there = 0
    for each in tested:
        spans = set(find(each.text))
        right += len(spans & set(each.spans))
        found += len(spans)
        there += len(each.spans)
    precision, recall = right / max(found, 1), right / there
    return precision, recall, 2 * right / (found + there)


def main() -> None:
    """Print precision, recall, F1 and seconds of training by language, size and learner."""
    for language in TEMPLATES:
        tested = sentences(language, 1, 200)
        for count in (60, 240, 960):
            learned = sentences(language, 0, count)
            for name, learn in (("crf", by_crf), ("spacy", by_spacy)):
                began = time.monotonic()
                find = learn(learned, language)
                seconds = time.monotonic() - began
                precision, recall, f1 = score(find, tested)
                print(
                    f"{language} {name} of {count} sentences: precision {precision:.3f},"
                    f" recall {recall:.3f}, F1 {f1:.3f}, trained in {seconds:.1f} s"
                )


if __name__ == "__main__":
    main()
