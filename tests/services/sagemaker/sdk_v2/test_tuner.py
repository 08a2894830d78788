"""The tuner and the AutoML jobs of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms

SCRIPTS = Path(__file__).parent / "programs" / "scripts"


@pytest.mark.slow  # A minute; the tuner of version 3 runs always.
def test_a_script_is_tuned_and_its_best_model_asked(program: SdkPrograms, account: str) -> None:
    _, told = program("tuner.py", f"tuner-{account}", str(SCRIPTS))

    assert len(told["jobs"]) == 4
    assert told["best"] in told["jobs"]
    assert told["attached"] == told["best"]
    assert max(told["values"]) >= 0.9
    assert 0.0001 <= told["strength"] <= 10
    assert told["labels"] == [0, 1]


@pytest.mark.slow  # The SDK waits half a minute between two looks, several times.
def test_the_best_candidates_of_automl_jobs_are_asked(program: SdkPrograms, account: str) -> None:
    with ThreadPoolExecutor() as threads:
        searches = [
            threads.submit(program, "automl.py", f"automl-{account}-{version}", version, account)
            for version in ("1", "2")
        ]

    for search, candidates in zip(searches, (2, 1), strict=True):
        _, told = search.result()
        assert len(told["candidates"]) == candidates
        assert told["best"] in told["candidates"]
        assert [label for label, _ in told["rows"]] == ["kind-0", "kind-2"]
        assert all(0 < float(chance) <= 1 for _, chance in told["rows"])
