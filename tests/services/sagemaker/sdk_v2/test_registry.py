"""Models registered by programs of the SageMaker SDK v2, unmodified."""

import re
from collections.abc import Callable
from typing import Any


def test_models_are_registered_approved_deployed_and_traced(program: Callable[..., Any]) -> None:
    _, told = program("registry.py")

    exported = told.pop("exported")
    bucket = told.pop("statistics").removesuffix("/statistics.json")
    assert re.fullmatch(r"pdf/card/card-[-0-9a-f]+/content\.pdf", exported)
    assert bucket.startswith("s3://sagemaker-us-east-1-")
    assert told == {
        "packages": ["grp/1", "grp/2", "made-by-the-sdk/1"],
        "approved": [1],
        "customers": {"a": "b", "c": "d"},
        "container": "sagemaker-scikit-learn:1.2-1",
        "answer": "3,2,1",
        "card": [2, "predicts"],
        "edges": [["data", "ContributedTo", "c"]],
        "deployments": ["endpoint-deployment"],
        "vertices": ["DataSet", "Endpoint"],
        "left": [],
    }
