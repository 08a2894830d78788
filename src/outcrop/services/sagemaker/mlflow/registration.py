"""MLflow's registered models in the model registry: a group for each model, a package a version.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-track-experiments-model-registration.html
"""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.aws.user_json import read_json
from outcrop.jobs.serving import Answerer, BrokenAnswerError, NoAnswerError, Question
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.model_package_groups import create_model_package_group
from outcrop.services.sagemaker.model_packages import create_model_package
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, scope
from outcrop.storage.records.interface import Delete, Put, Record, Scope

CREATED = "/mlflow/model-versions/create"
"""How the paths end by which MLflow's clients, and its pages, register a version."""
SPECIFICATION = "sagemaker_inference_specification.json"
"""Among a model's artifacts, where AWS's plugin puts it."""
PROPERTIES = {"MlflowModelName": "name", "MlflowModelVersion": "version"}
"""By which a package tells whose it is; AWS does not say what it writes."""
SUFFIX_LETTERS = 6
ASK_SECONDS = 60.0
PAGE = 100
_is_group_name = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}").fullmatch
logger = logging.getLogger(__name__)


def wake(backends: Backends, tracker: Record, server: Answerer) -> None:
    """Have registered what a tracking server has and the registry has not, if it is to be."""
    if not tracker.document["registers"]:
        return
    place = tracker.scope
    call = call_without_request(
        backends,
        service="sagemaker",
        operation="CreateModelPackage",
        account=place.account,
        region=place.region,
        role=tracker.document["role"],
    )
    name = f"sagemaker/{place.kind}/{place.account}/{place.region}/{tracker.name}/register"
    backends.background.wake(name, partial(register_models, call, tracker, server))


async def forget_registered(backends: Backends, tracker: Record) -> None:
    """Forget which versions of a tracking server's models have had packages."""
    async for one in every(backends.records, _marks(tracker)):
        await backends.records.write(Delete(scope=one.scope, name=one.name, must_exist=False))


async def register_models(call: Call, tracker: Record, server: Answerer) -> None:
    """Give each version of MLflow's models a package, once; may be interrupted and done again.

    Args:
        call: Acts as the tracking server's role.
        tracker: The tracking server.
        server: Its program.
    """
    try:
        async for version in _versions(server):
            await _register(call, tracker, server, version)
    except (NoAnswerError, BrokenAnswerError) as error:
        logger.warning("%s does not tell its models: %s", tracker.name, error)


def group_name(model: str, tracker: Record) -> str:
    """Return the name of a model's group, whose last letters tell tracking servers apart."""
    suffix = sha256(tracker.name.encode()).hexdigest()[:SUFFIX_LETTERS]
    return f"{model}-{suffix}"


async def _register(
    call: Call, tracker: Record, server: Answerer, version: Mapping[str, Any]
) -> None:
    place = _marks(tracker)
    mark = f"{version['version']}/{version['name']}"
    if await call.backends.records.find(place, mark) is not None:
        return  # Whoever has deleted its package does not want another one.
    group = group_name(version["name"], tracker)
    if not _is_group_name(group):
        logger.warning("%s cannot be the name of a model package group.", group)
        return
    try:
        await _package(call, group, server, version)
    except ServiceError as error:
        logger.warning("%s %s has no package: %s", group, version["version"], error.message)
        return
    await call.backends.records.write(Put(scope=place, name=mark, document={}))


def _marks(tracker: Record) -> Scope:
    """Return where is kept which versions have had a package."""
    place = tracker.scope
    kind = f"{place.kind}-registered/{tracker.name}"
    return Scope(place.account, place.region, place.service, kind)


async def _package(call: Call, group: str, server: Answerer, version: Mapping[str, Any]) -> None:
    """Make the package of a version, and its group, unless they are there."""
    if await call.backends.records.find(scope(call, MODEL_PACKAGE_GROUP), group) is None:
        await create_model_package_group.handle(call, {"ModelPackageGroupName": group})
    told = {name: str(version[key]) for name, key in PROPERTIES.items()}
    for package in await all_of(call, MODEL_PACKAGE, index=("group", group)):
        if package.document["given"].get("CustomerMetadataProperties") == told:
            return
    named = {"name": version["name"], "version": version["version"]}
    found = await _ask(server, "model-versions/get-download-uri", named)
    source: str = found.get("artifact_uri", "")
    request = {
        "ModelPackageGroupName": group,
        "CustomerMetadataProperties": told,
        "SourceUri": source,
        **await _specification(call, source),
    }
    checked = call.backends.read_input("sagemaker", "CreateModelPackage", request)
    await create_model_package.handle(call, checked)


async def _specification(call: Call, source: str) -> dict[str, Any]:
    """Return the inference specification among a model's artifacts, as a member of requests."""
    try:
        bucket, prefix = bucket_and_key(f"{source.rstrip('/')}/{SPECIFICATION}")
        return {"InferenceSpecification": read_json(await call.objects.read(bucket, prefix))}
    except (ServiceError, ValueError):  # There is none, or none that is JSON.
        return {}


async def _versions(server: Answerer) -> AsyncIterator[Mapping[str, Any]]:
    asked: dict[str, Any] = {"max_results": PAGE, "order_by": "creation_timestamp ASC"}
    while True:
        page = await _ask(server, "model-versions/search", asked)
        for version in page.get("model_versions", []):
            yield version
        if not page.get("next_page_token"):
            return
        asked["page_token"] = page["next_page_token"]


async def _ask(server: Answerer, what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    path = f"/api/2.0/mlflow/{what}?{urlencode(asked)}"
    question = Question(method="GET", path=path, body=b"")
    async with server.ask(question, seconds=ASK_SECONDS) as answer:
        content = await answer.read()
    if answer.status != 200:
        raise BrokenAnswerError(f"{what}: {answer.status} {content[:200]!r}")
    return read_json(content)
