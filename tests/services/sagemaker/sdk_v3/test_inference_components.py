"""Inference components of the SageMaker SDK v3, unmodified, under `outcrop run`."""

from pathlib import Path

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


@pytest.mark.slow  # The component installs the SDK, whose handlers serve the model.
def test_a_builder_serves_a_model_as_an_inference_component(
    program: SdkPrograms, tmp_path: Path
) -> None:
    _, told = program("components.py", str(tmp_path))

    assert told == {"predicted": [1, 0], "memory": 4096}
