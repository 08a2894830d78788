"""Language models by the SageMaker SDK v3, unmodified, under `outcrop run`."""

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


@pytest.mark.slow  # The SDK's imports alone take long.
def test_a_model_of_the_public_hub_is_found_and_one_is_served(program: SdkPrograms) -> None:
    _, told = program("language_models.py")

    assert told.pop("found").startswith("huggingface-llm-")
    assert told == {
        "variable": "HF_MODEL_ID",
        "answer": [{"generated_text": " 5"}],
    }
