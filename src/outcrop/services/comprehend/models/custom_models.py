"""What custom classifiers and custom recognizers share: they are made, told, stopped and deleted.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateDocumentClassifier.html
Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateEntityRecognizer.html
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFamily, JobStates, Work, stop, submit
from outcrop.services.comprehend import arns, shapes
from outcrop.services.comprehend.lists import Listing, check_filter, newest_first
from outcrop.services.comprehend.models.uses import check_unused
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    Scope,
)

STATES = JobStates(
    waiting="SUBMITTED",
    working="TRAINING",
    done="TRAINED",
    failed="IN_ERROR",
    stopping="STOP_REQUESTED",
    stopped="STOPPED",
)
LANGUAGES = frozenset(("en", "es", "fr", "de", "it", "pt"))
"""In which custom models are trained on plain text.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html
"""
TOLD = (
    "LanguageCode",
    "InputDataConfig",
    "DataAccessRoleArn",
    "VolumeKmsKeyId",
    "VpcConfig",
    "Mode",
    "ModelKmsKeyId",
    "VersionName",
)
"""Members of requests that are told again as they came."""
MODEL = "model"
"""The member of a model's document that names the blob which holds it."""
METADATA = "metadata"
"""The member of a model's document that has what its training came to, as answers tell it."""
LABELS = "labels"
"""The member of a classifier's document that has the labels which it tells apart, in order."""
_VERSION = "/version/"
IN_USE = (
    "The specified resource name is already in use. Use a different name and try your request"
    " again."
)


@dataclass(frozen=True, slots=True)
class CustomModels:
    """One kind of custom model; the records of its models are named by the ends of their ARNs."""

    noun: str
    """As operations have it: `DocumentClassifier`."""
    kind: str
    """As ARNs have it: `document-classifier`."""
    code: str
    """As the folders of results have it: `CLR`."""
    name_member: str
    """What requests call the model's name."""
    metadata_member: str
    """What answers call what the training came to."""
    work: Work
    family: JobFamily = field(init=False)

    def __post_init__(self) -> None:
        family = JobFamily(
            service="comprehend",
            kind=self.kind,
            operation=f"Create{self.noun}",
            states=STATES,
            work=self.work,
        )
        object.__setattr__(self, "family", family)

    def scope(self, call: Call) -> Scope:
        """Return where the caller's models are."""
        return self.family.scope(call)

    def arn(self, call: Call, name: str) -> str:
        """Return the ARN of a model by the name of its record."""
        return call.arn(f"{self.kind}/{name}", service="comprehend")

    async def create(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Begin to train a model.

        Raises:
            UnsupportedLanguageException: AWS trains none in this language.
            ResourceInUseException: There is one of this name and version.
        """
        check_language(request["LanguageCode"])
        name = request[self.name_member]
        version = request.get("VersionName")
        record = await self.begin(
            call, request, name if version is None else versioned(name, version)
        )
        return {f"{self.noun}Arn": self.arn(call, record.name)}

    async def begin(
        self, call: Call, request: Mapping[str, Any], name: str, **members: Any
    ) -> Record:
        """Begin to train a model; `members` are further ones of its document.

        Raises:
            ResourceInUseException: There is one of this name.
        """
        output = request.get("OutputDataConfig", {})
        document = {
            "request": {each: request[each] for each in TOLD if each in request},
            "output_config": output,
            "output": self._output(call, output["S3Uri"]) if "S3Uri" in output else "",
            "role": request["DataAccessRoleArn"],
            "tags": checked_tags(request.get("Tags", [])),
            **members,
        }
        token = request.get("ClientRequestToken", "")
        try:
            return await submit(call, self.family, name, document, token=token)
        except RecordExistsError as error:
            raise shapes.ResourceInUseException(IN_USE) from error

    async def keep(
        self, call: Call, name: str, request: Mapping[str, Any], members: Mapping[str, Any]
    ) -> Record:
        """Keep a model that is trained already.

        Args:
            call: Who asks.
            name: Of the model, without its version.
            request: Has its `VersionName`, its role and its tags, as far as there are such.
            members: The others of its document.

        Raises:
            ResourceInUseException: There is one of this name and version.
        """
        version = request.get("VersionName")
        create = Create(
            scope=self.scope(call),
            name=name if version is None else versioned(name, version),
            document=trained_document(
                {**members, "role": request.get("DataAccessRoleArn", "")},
                tags=checked_tags(request.get("Tags", [])),
                now=call.backends.now(),
            ),
        )
        try:
            written = await call.backends.records.write(create)
        except RecordExistsError as error:
            raise shapes.ResourceInUseException(IN_USE) from error
        return next(filter(None, written))

    async def describe(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Answer with all that is known of a model."""
        model = await self.find(call, request[f"{self.noun}Arn"])
        return {f"{self.noun}Properties": self._told(call, model)}

    async def list(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Answer with the models that pass the filter, the newest first."""
        chosen: Mapping[str, Any] = request.get("Filter", {})
        check_filter(chosen)
        name = chosen.get(self.name_member)
        status = chosen.get("Status")
        models = [
            model
            async for model in every(call.backends.records, self.scope(call))
            if (name is None or split_name(model.name)[0] == name)
            and (status is None or model.document["status"] == status)
        ]
        page = newest_first(models, chosen, request, after="SubmitTimeAfter")
        return page.answer(
            f"{self.noun}PropertiesList", [self._told(call, each) for each in page.items]
        )

    async def list_summaries(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Answer with the names of models, and of each how many versions it has."""
        versions: dict[str, list[Record]] = {}
        async for model in every(call.backends.records, self.scope(call)):
            versions.setdefault(split_name(model.name)[0], []).append(model)
        page = Listing.by_name(sorted(versions), request)
        told = [self._summary(name, versions[name]) for name in page.items]
        return page.answer(f"{self.noun}SummariesList", told)

    async def stop_training(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Have a training stopped, unless it has ended."""
        await stop(call, self.family, await self.find(call, request[f"{self.noun}Arn"]))
        return {}

    async def delete(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Forget a model that nobody uses.

        Raises:
            ResourceInUseException: It is in training, or an endpoint or a job has it.
        """
        model = await self.find(call, request[f"{self.noun}Arn"])
        if not STATES.is_ended(model.document["status"]):
            raise shapes.ResourceInUseException(
                f"The model {request[f'{self.noun}Arn']} is in training. Stop it, or wait for its"
                " end."
            )
        await check_unused(call, request[f"{self.noun}Arn"])
        await call.backends.records.write(
            Delete(scope=model.scope, name=model.name, must_exist=False)
        )
        if MODEL in model.document:
            await call.backends.blobs.delete(model.document[MODEL])
        return {}

    async def find(self, call: Call, arn: str) -> Record:
        """Return a model.

        Raises:
            ResourceNotFoundException: There is none of this ARN.
        """
        return await arns.find(call, self, arn)

    async def find_trained(self, call: Call, arn: str) -> Record:
        """Return a model that can be used.

        Raises:
            ResourceNotFoundException: There is none of this ARN.
            ResourceUnavailableException: It is not trained.
        """
        return only_trained(await self.find(call, arn), arn)

    def _output(self, call: Call, uri: str) -> str:
        bucket, prefix = bucket_and_key(uri)
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        unique = secrets.token_hex(16)
        return f"s3://{bucket}/{folder}{call.account}-{self.code}-{unique}/output/output.tar.gz"

    def _told(self, call: Call, model: Record) -> dict[str, Any]:
        document = model.document
        told = {
            f"{self.noun}Arn": self.arn(call, model.name),
            "Status": document["status"],
            "SubmitTime": document["created"],
            **document["request"],
        }
        if document["output_config"]:
            told["OutputDataConfig"] = {
                **document["output_config"],
                **({"S3Uri": document["output"]} if document["output"] else {}),
            }
        for member, key in (
            ("Message", "message"),
            ("TrainingStartTime", "started"),
            ("TrainingEndTime", "training_ended"),
            ("EndTime", "ended"),
            ("SourceModelArn", "source_model"),
            ("FlywheelArn", "flywheel"),
            (self.metadata_member, METADATA),
        ):
            if key in document:
                told[member] = document[key]
        return told

    def _summary(self, name: str, versions: Sequence[Record]) -> dict[str, Any]:
        latest = max(versions, key=lambda each: each.document["created"])
        version = split_name(latest.name)[1]
        return {
            self.name_member: name,
            "NumberOfVersions": len(versions),
            "LatestVersionCreatedAt": latest.document["created"],
            "LatestVersionStatus": latest.document["status"],
            **({"LatestVersionName": version} if version else {}),
        }


def check_language(code: str) -> None:
    """Refuse a language that AWS trains no custom models in.

    Raises:
        UnsupportedLanguageException: See there.
    """
    if code not in LANGUAGES:
        raise shapes.UnsupportedLanguageException(
            f"Custom models are not trained in the language {code}."
        )


def only_trained(model: Record, arn: str) -> Record:
    """Return a model if it can be used.

    Raises:
        ResourceUnavailableException: It is not trained.
    """
    if model.document["status"] != STATES.done:
        raise shapes.ResourceUnavailableException(
            f"The model {arn} is {model.document['status']}: only models that are {STATES.done} can"
            " be used."
        )
    return model


def trained_document(
    members: Mapping[str, Any], *, tags: Mapping[str, str], now: datetime
) -> Document:
    """Return the document of a model that no job of its own trains.

    Args:
        members: Its request, its role and its model; where there are such, its metadata, its
            labels, its source or its flywheel, and the moments of its training.
        tags: By their keys.
        now: When it is made.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # As answers tell it.
    return {
        "output_config": {},
        "output": "",
        "token": "",
        **members,
        "tags": dict(tags),
        "status": STATES.done,
        "created": now,
        "updated": now,
        "ended": now,
    }


def versioned(name: str, version: str) -> str:
    """Return the name of the record of a model's version."""
    return f"{name}{_VERSION}{version}"


def split_name(name: str) -> tuple[str, str]:
    """Return a model's name and its version."""
    name, _, version = name.partition(_VERSION)
    return name, version


async def read_model(call: Call, model: Record) -> bytes:
    """Return what a training made."""
    chunks: AsyncIterator[bytes] = call.backends.blobs.read(model.document[MODEL])
    return b"".join([chunk async for chunk in chunks])
