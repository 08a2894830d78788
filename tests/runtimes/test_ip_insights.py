"""IP Insights: who logs in from their own networks scores higher than from others'."""

import json
import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.runtimes.algorithm_jobs import AlgorithmJob, Ended, run_jobs

CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"
WANTED: Mapping[str, Any] = {
    "num_entity_vectors": 1000,
    "vector_dim": 16,
    "mini_batch_size": 100,
    "epochs": 8,
    "learning_rate": 0.01,
}


def network(user: int) -> str:
    return f"{10 + user % 10 * 20}.{user % 10}"


def events(count: int, seed: int) -> str:
    """Return logins of forty users, each from the network of a tenth of them."""
    chance = random.Random(seed)
    lines: list[str] = []
    for _ in range(count):
        user = chance.randrange(40)
        address = f"{network(user)}.{chance.randrange(256)}.{chance.randrange(256)}"
        lines.append(f"user-{user}, {address}")
    return "\n".join(lines)


def run(folder: Path, jobs: Mapping[str, AlgorithmJob]) -> Mapping[str, Ended]:
    return run_jobs(
        folder,
        jobs,
        runtime="pytorch",
        module="outcrop_runtime.ip_insights.job",
        framework="ip_insights",
    )


def test_addresses_of_ones_own_network_score_higher(tmp_path: Path) -> None:
    pairs = [(f"user-{user}", f"{network(user)}.7.7") for user in range(20)]
    pairs += [(f"user-{user}", f"{network(user + 1)}.7.7") for user in range(20)]
    asked = json.dumps({"instances": [{"features": list(pair)} for pair in pairs]})
    line = json.dumps({"data": {"features": {"values": list(pairs[0])}}})
    good = AlgorithmJob(
        files={"train/a.csv": events(3000, 0), "validation/a.csv": events(500, 1)},
        hyperparameters=WANTED,
        asked=[
            (asked, JSON, JSON),
            ("\n".join(map(",".join, pairs)), CSV, LINES),
            (line, LINES, f"{LINES}; verbose=True"),
            ("user,1.2.3\n", CSV, JSON),
        ],
    )
    refused = {
        "The channel 'train' cannot be read: '1.2.3.4.5' is no IPv4 address.": (
            "user,1.2.3.4.5",
            WANTED,
        ),
        "The channel 'train' has no events.": ("\n", WANTED),
        "No value(s) were specified for 'vector_dim' which are required hyperparameter(s) (caused"
        " by ValidationError)": (events(5, 0), {"num_entity_vectors": 10}),
    }
    jobs = {
        reason: AlgorithmJob(files={"train/a.csv": text}, hyperparameters=wanted)
        for reason, (text, wanted) in refused.items()
    }

    found = run(tmp_path, {"good": good, **{str(n): job for n, job in enumerate(jobs.values())}})

    ended = found["good"]
    assert ended.code == 0, ended.failure
    assert ended.metrics(r"epoch=7, validation discriminator_auc <score>=(\S+)")[0] > 0.9
    scores = [one["dot_product"] for one in json.loads(ended.answers[0])["predictions"]]
    higher = [own > other for own, other in zip(scores[:20], scores[20:], strict=True)]
    assert sum(higher) >= 19
    assert [json.loads(one)["dot_product"] for one in ended.answers[1].splitlines()] == scores
    told = json.loads(ended.answers[2])
    assert {name: len(value) for name, value in told.items() if name != "dot_product"} == {
        "entity_embedding": 16,
        "ip_embedding": 16,
    }
    assert ended.answers[3] == (
        "BadRequestError: Unable to evaluate payload provided: '1.2.3' is no IPv4 address"
    )
    assert [found[str(number)].failure for number in range(3)] == list(refused)


def test_the_events_of_two_instances_are_brought_to_the_first(tmp_path: Path) -> None:
    hosts = ("127.0.0.1", "localhost")  # Names that lead to one another without a sandbox.
    jobs = {
        host: AlgorithmJob(
            files={"train/a.csv": events(20 + number, number)},
            hyperparameters={**WANTED, "epochs": 1},
            host=host,
            hosts=hosts,
        )
        for number, host in enumerate(hosts)
    }

    with ThreadPoolExecutor() as threads:
        first, second = threads.map(lambda one: run(tmp_path, {one: jobs[one]})[one], hosts)

    assert [first.code, second.code] == [0, 0]
    assert first.log.startswith("41 events\n")
    assert second.log == "localhost: its events are with 127.0.0.1, which trains.\n"
    assert not (second.folder / "model").exists()
