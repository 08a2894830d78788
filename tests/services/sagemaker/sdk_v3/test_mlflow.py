"""MLflow tracking servers by the SageMaker SDK v3, which brings AWS's plugin for MLflow."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


@pytest.mark.slow
def test_a_model_is_logged_registered_and_loaded_from_a_tracking_server(
    program: SdkPrograms, client: Callable[..., Any], account: str
) -> None:
    bucket = f"tracked-{account}"
    client("s3").create_bucket(Bucket=bucket)

    _, told = program("mlflow_runs.py", bucket, f"arn:aws:iam::{account}:role/tracker")

    assert told == {"slope": 2.0, "prediction": 21.0, "names": ["sdk"]}
