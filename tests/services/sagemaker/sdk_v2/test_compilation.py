"""Models compiled and deployed by the SageMaker SDK v2, unmodified, under `outcrop run`."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAMS = Path(__file__).parent / "programs"
TRACED = Path(__file__).parent.parent / "programs" / "traced_model.py"


@pytest.mark.slow
def test_a_traced_model_is_compiled_deployed_and_asked(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    archive = tmp_path / "model.tar.gz"
    made = subprocess.run(
        [runtime_python("neo-pytorch"), TRACED, archive],
        env=program_environment(OMP_NUM_THREADS="1", PYTHONWARNINGS="ignore"),
        capture_output=True,
        text=True,
        check=True,
    )
    original = json.loads(made.stdout)
    bucket = f"neo-{account}"

    _, told = program(
        "neo_pytorch.py",
        bucket,
        str(archive),
        str(PROGRAMS / "neo_serving"),
        json.dumps(original["asked"]),
    )

    image = "785573368785.dkr.ecr.us-east-1.amazonaws.com/sagemaker-neo-pytorch:1.9-inf-py3"
    assert told == {
        "answer": {
            "scores": [pytest.approx(original["scores"][0], abs=1e-5)],
            "kind": "neopytorch",
        },
        "image": image,
        "data": f"s3://{bucket}/compiled/model-ml_inf1.tar.gz",
    }


@pytest.mark.slow
def test_compiled_trees_answer_as_the_algorithm_does(
    program: Callable[..., Any], account: str
) -> None:
    _, told = program("neo_xgboost.py", f"trees-{account}")

    assert told == {"same": True, "answers": [5, 5]}
