"""Which engine serves a container, and which of its models.

Source: https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/starting-guide.html,
https://huggingface.co/docs/sagemaker/inference#deploy-with-hfmodelid
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outcrop.engines.chat.interface import ChatModel, Message, ModelUnavailableError, Prompt, Text
from outcrop.engines.embeddings.interface import EmbedderUnavailableError
from outcrop.jobs.runtimes import find_runtime
from outcrop.operations.backends import Engines
from outcrop.services.sagemaker.generating.chat_completions import OpenAICompatible
from outcrop.services.sagemaker.generating.embeddings import MOST_TEXTS, TextEmbeddingsInference
from outcrop.services.sagemaker.generating.fleet import AT_ONCE, Speaker
from outcrop.services.sagemaker.generating.lmi import LargeModelInference
from outcrop.services.sagemaker.generating.messages import Respond
from outcrop.services.sagemaker.generating.pipelines import TextGenerationPipeline
from outcrop.services.sagemaker.generating.tgi import TextGenerationInference
from outcrop.services.sagemaker.hosting.checks import data_of
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError

PIPELINES = "huggingface-pytorch"
"""The runtime whose models the chat engine may have, too."""
TEXT_GENERATION = "text-generation"
MODEL_VARIABLES = ("HF_MODEL_ID", "OPTION_MODEL_ID", "MODEL_ID", "SM_VLLM_MODEL")
MODEL_OPTIONS = ("option.model_id", "option.modelId")
PROPERTIES = "serving.properties"
"""Of DJL Serving, in a model's archive."""
HELLO = Prompt(messages=[Message("user", [Text("Hello")])], is_raw=True)


def is_spoken(engines: Engines, container: Mapping[str, Any]) -> bool:
    """Tell whether an engine of the server serves a container, rather than a program."""
    runtime = find_runtime(container["Image"])
    if runtime.engine:
        return True
    return runtime.name == PIPELINES and _has_pipeline(engines, container)


def speaker_of(engines: Engines, container: Mapping[str, Any], data: Path) -> Speaker:
    """Return how a container that `is_spoken` is asked.

    Args:
        engines: Whose models answer.
        container: As CreateModel has it.
        data: The folder of its model data.

    Raises:
        DeploymentFailedError: There is no such model here; the message says how to add one.
    """
    given: Mapping[str, str] = container.get("Environment", {})
    properties = _properties(data / PROPERTIES)
    name = _model_name(given, properties)
    form = find_runtime(container["Image"]).engine
    at_once = _number(given, "MAX_CONCURRENT_REQUESTS", AT_ONCE)
    try:
        if form == "tei":
            embedder = engines.embeddings.published(name)
            most = _number(given, "MAX_CLIENT_BATCH_SIZE", MOST_TEXTS)
            cuts = given.get("AUTO_TRUNCATE", "").lower() == "true"
            respond = TextEmbeddingsInference(embedder, most, cuts)
            return Speaker(
                respond=respond, load=lambda: embedder.count_tokens(["Hello"]), at_once=at_once
            )
        model = engines.chat.published(name)
    except (ModelUnavailableError, EmbedderUnavailableError) as error:
        raise DeploymentFailedError(str(error)) from error
    return Speaker(
        respond=_form(form, model, name, given, properties),
        load=lambda: model.count_tokens(HELLO),
        at_once=at_once,
    )


def _form(
    form: str,
    model: ChatModel,
    name: str,
    given: Mapping[str, str],
    properties: Mapping[str, str],
) -> Respond:
    match form:
        case "tgi":
            return TextGenerationInference(model, name)
        case "openai":
            return OpenAICompatible(model, name)
        case "lmi":
            compat = _option("tgi_compat", given, properties)
            events = _option("output_formatter", given, properties) == "sse"
            return LargeModelInference(model, name, compat.lower() == "true", events)
        case _:
            return TextGenerationPipeline(model)


def _has_pipeline(engines: Engines, container: Mapping[str, Any]) -> bool:
    """Tell whether a container of pipelines is for text generation, by a model of the engine's."""
    given: Mapping[str, str] = container.get("Environment", {})
    name = given.get("HF_MODEL_ID", "")
    if not name or data_of(container) is not None:
        return False
    if given.get("HF_TASK", TEXT_GENERATION) != TEXT_GENERATION:
        return False
    try:
        engines.chat.published(name)
    except ModelUnavailableError:
        return False
    return True


def _model_name(given: Mapping[str, str], properties: Mapping[str, str]) -> str:
    """Return the name of the model that a container is to serve.

    Raises:
        DeploymentFailedError: It names none.
    """
    names = [given[name] for name in MODEL_VARIABLES if given.get(name)]
    names += [properties[name] for name in MODEL_OPTIONS if name in properties]
    published = [name for name in names if not name.startswith(("/", "s3://"))]
    if not published:
        raise DeploymentFailedError(
            "The container names no model: give HF_MODEL_ID a name of the Hugging Face hub, or of"
            " weights that `outcrop models list` shows. Weights among the model data are not read"
            " by this image: add a GGUF file of yours by `outcrop models add FILE --name NAME`,"
            " and set HF_MODEL_ID to NAME."
        )
    return published[0]


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number of the environment's.

    Raises:
        DeploymentFailedError: It is none.
    """
    text = given.get(name, "").strip()
    if text and (not text.isdecimal() or int(text) < 1):
        raise DeploymentFailedError(f"{name} must be a number of at least 1, not {text!r}.")
    return int(text) if text else default


def _option(name: str, given: Mapping[str, str], properties: Mapping[str, str]) -> str:
    return given.get(f"OPTION_{name.upper()}", properties.get(f"option.{name}", ""))


def _properties(path: Path) -> Mapping[str, str]:
    """Return what a file of DJL Serving says, if it is there."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
