"""JumpStart's models of the SageMaker SDK v2, unmodified, under `outcrop run`."""

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


def test_a_language_model_of_jumpstart_is_deployed_by_its_id_and_answers(
    program: SdkPrograms,
) -> None:
    _, told = program("jumpstart.py")

    ((answer,), (whole,)) = told.pop("answer"), told.pop("whole")
    assert answer["generated_text"].strip()
    assert whole["generated_text"].startswith("1, 2, 3, 4, 5")
    assert told == {
        "listed": [
            "huggingface-llm-qwen2-5-coder-0-5b-instruct",
            "huggingface-sentencesimilarity-multilingual-e5-small",
            "sklearn-classification-linear",
            "sklearn-regression-linear",
        ],
        "trained": ["sklearn-classification-linear", "sklearn-regression-linear"],
        "image": "huggingface-pytorch-tgi-inference",
        "type": "ml.g5.2xlarge",
        "prompt": "def is_prime(number: int) -> bool:",
    }


@pytest.mark.slow  # The SDK looks every ten seconds, and every thirty.
def test_a_linear_model_of_jumpstart_is_trained_deployed_and_asked(program: SdkPrograms) -> None:
    _, told = program("jumpstart_estimator.py")

    assert told.pop("accuracy") > 0.9
    assert told == {"metrics": ["train:accuracy"], "labels": [1, 0], "sure": [True, True]}


@pytest.mark.slow  # It is boto3's tests once more, by the SDK's classes.
def test_a_language_model_is_deployed_by_the_classes_of_tgi_and_lmi(program: SdkPrograms) -> None:
    _, told = program("language_models.py")

    assert told == {
        "tgi": [{"generated_text": " 5"}],
        "lmi": {"generated_text": " 5"},
        "events": [" ", "5"],
        "lines": [" ", "5"],
    }
