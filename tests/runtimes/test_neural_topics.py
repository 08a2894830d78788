"""The neural topic model: the topics that documents were made of are found again."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.runtimes.test_built_in_algorithms import (
    CSV,
    JSON,
    RECORDS,
    UNLABELLED,
    Case,
    Table,
    csv,
    record,
    run,
)

TOPICS, WORDS_OF_A_TOPIC, WORDS = 4, 10, 40
VOCABULARY = [f"{name}{n}" for name in ("sea", "sky", "fire", "wood") for n in range(10)]
LEARNING = {"optimizer": "adam", "learning_rate": 0.01, "mini_batch_size": 50, "batch_norm": "true"}


def documents(count: int, seed: int) -> tuple[Table, Sequence[int]]:
    """Return documents' counts of words, and the topic that each has most of."""
    chance = random.Random(seed)
    rows: list[list[float]] = []
    for _ in range(count):
        topics = [chance.gammavariate(0.3, 1) + 1e-3 for _ in range(TOPICS)]
        row = [0.0] * WORDS
        for topic in chance.choices(range(TOPICS), topics, k=60):
            row[topic * WORDS_OF_A_TOPIC + chance.randrange(WORDS_OF_A_TOPIC)] += 1
        rows.append(row)
    tens = range(0, WORDS, WORDS_OF_A_TOPIC)
    sums = [[sum(row[n : n + WORDS_OF_A_TOPIC]) for n in tens] for row in rows]
    return rows, [one.index(max(one)) for one in sums]


def test_the_topics_of_documents_are_found_again(tmp_path: Path) -> None:
    (rows, _), (asked, true) = documents(400, 0), documents(50, 1)
    wanted = {"feature_dim": WORDS, "num_topics": TOPICS, "epochs": 40, **LEARNING}
    cases = {
        "texts": Case(
            algorithm="ntm",
            files={
                "train/a": csv(rows),
                "validation/a": csv(asked),
                "test/a": csv(asked),
                "auxiliary/vocab.txt": "\n".join(VOCABULARY),
            },
            content_type=UNLABELLED,
            hyperparameters=wanted,
            asked=[(csv(asked), CSV, JSON)],
        ),
        "records": Case(
            algorithm="ntm",
            files={"train/a": b"".join(record(row) for row in rows)},
            content_type=RECORDS,
            hyperparameters={"feature_dim": WORDS, "num_topics": TOPICS, "epochs": 2},
        ),
        "words": Case(
            algorithm="ntm",
            files={"train/a": csv(rows), "auxiliary/vocab.txt": "one\ntwo\n"},
            content_type=UNLABELLED,
            hyperparameters=wanted,
        ),
        "layers": Case(
            algorithm="ntm",
            files={"train/a": csv(rows)},
            content_type=UNLABELLED,
            hyperparameters={**wanted, "encoder_layers": "10,x"},
        ),
    }

    found = run(tmp_path, cases, runtime="pytorch")

    weights = [one["topic_weights"] for one in json.loads(found["texts"].answers[0])["predictions"]]
    assert all(sum(row) == pytest.approx(1, abs=1e-5) for row in weights)
    likeliest = [row.index(max(row)) for row in weights]
    pairs = Counter(zip(true, likeliest, strict=True))
    names = [max(range(TOPICS), key=lambda n: pairs[topic, n]) for topic in range(TOPICS)]
    assert sorted(names) == [0, 1, 2, 3]
    assert sum(pairs[topic, name] for topic, name in enumerate(names)) >= 45
    log = found["texts"].log
    assert "(num_topics:4) [tu 1.00]" in log
    assert {line.split()[1][:3] for line in log.splitlines() if line.startswith("[1.00] ")} == {
        name[:3] for name in VOCABULARY
    }
    assert found["texts"].metric("test total_loss") < found["texts"].metric(
        "epoch=1, validation total_loss"
    )
    assert found["records"].code == 0
    assert found["words"].failure == (
        "The vocabulary of the channel 'auxiliary' has 2 words, the documents count 40."
    )
    assert found["layers"].failure == (
        "The value '10,x' is not valid for the 'encoder_layers' hyperparameter which expects one of"
        " the following: auto, a value of the type list_of_whole_numbers (caused by"
        " ValidationError)"
    )
