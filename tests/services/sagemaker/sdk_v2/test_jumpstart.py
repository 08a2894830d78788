"""JumpStart's models of the SageMaker SDK v2, unmodified, under `outcrop run`."""

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
