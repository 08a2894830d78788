"""Where the files of public models lie in JumpStart's bucket, and which images run them.

Source: the SageMaker SDK, sagemaker/jumpstart/region_config.json, artifacts/
"""

import re

from outcrop.services.sagemaker.jumpstart.catalog import PublicModel

AWS = "aws"
"""The account of all that is public, as ARNs have it; no caller has it."""
BUCKET = re.compile(r"jumpstart-cache-prod-(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)")
REGISTRY = "763104351884"
"""AWS's account of deep learning containers in most regions."""
SCIKIT_LEARN_REGISTRY = "683313688378"
CHAT_TAG = "2.7.0-tgi3.3.6-gpu-py311-cu124-ubuntu22.04"
EMBEDDINGS_TAG = "2.0.1-tei1.8.2-cpu-py310-ubuntu22.04"
SCIKIT_LEARN_TAG = "1.2-1-cpu-py3"


def bucket_of(region: str) -> str:
    """Return the name of a region's bucket."""
    return f"jumpstart-cache-prod-{region}"


def uri_of(region: str, key: str) -> str:
    """Return the URI of one of its objects."""
    return f"s3://{bucket_of(region)}/{key}"


def spec_key(model: PublicModel) -> str:
    """Return where a model's specification is."""
    return f"community_models/{model.id}/specs_v{model.version}.json"


def artifact_prefix(model: PublicModel) -> str:
    """Return where what is served of a model lies."""
    return f"{_folder(model)}/artifacts/inference-prepack/v{model.version}/"


def artifact_archive(model: PublicModel) -> str:
    """Return the archive that stands for a model that nobody has trained."""
    return f"{_folder(model)}/artifacts/v{model.version}/model.tar.gz"


def training_script(model: PublicModel) -> str:
    """Return the archive of a model's training script."""
    return f"source-directory-tarballs/{_folder(model)}/training/v{model.version}/sourcedir.tar.gz"


def inference_script(model: PublicModel) -> str:
    """Return the archive of a model's inference script."""
    return f"source-directory-tarballs/{_folder(model)}/inference/v{model.version}/sourcedir.tar.gz"


def dataset_prefix(model: PublicModel) -> str:
    """Return where examples of what a model is trained on are."""
    return f"training-datasets/outcrop/{model.kind}/"


def image_of(model: PublicModel, region: str) -> str:
    """Return the image that serves a model, and trains it."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    account, image = {
        "chat": (REGISTRY, f"huggingface-pytorch-tgi-inference:{CHAT_TAG}"),
        "embeddings": (REGISTRY, f"tei-cpu:{EMBEDDINGS_TAG}"),
    }.get(model.kind, (SCIKIT_LEARN_REGISTRY, f"sagemaker-scikit-learn:{SCIKIT_LEARN_TAG}"))
    return f"{account}.dkr.ecr.{region}.{domain}/{image}"


def _folder(model: PublicModel) -> str:
    return f"{model.framework}/{model.id}"
