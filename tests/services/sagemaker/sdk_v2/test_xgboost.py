"""XGBoost through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "programs" / "scripts"


def test_the_built_in_algorithm_and_a_script_are_trained_deployed_and_asked(
    program: Callable[..., Any], account: str
) -> None:
    with ThreadPoolExecutor() as threads:  # The SDK sleeps most of the time.
        algorithm = threads.submit(program, "xgboost_algorithm.py", f"algorithm-{account}")
        script = threads.submit(program, "xgboost_script.py", f"script-{account}", str(SCRIPTS))

    shown, told = algorithm.result()
    assert "[14]#011train-merror:0.0" in shown
    assert told["metrics"] == ["train:merror", "validation:merror"]
    assert told["accuracy"] >= 0.95
    assert script.result()[1] == {"labels": [False, True]}
