"""Projects, their datasets and the versions of their models: as records, and as ARNs.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrekognition.html
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.operations import Call
from outcrop.operations.records import TRIES, every
from outcrop.services.rekognition import shapes
from outcrop.storage.records.interface import (
    Create,
    Document,
    Record,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
)

SERVICE = "rekognition"
PROJECT, DATASET, VERSION = "project", "dataset", "project-version"
"""Kinds of records. Datasets and versions are named `<id of their project>/<own name>`."""
CUSTOM_LABELS = "CUSTOM_LABELS"


@dataclass(frozen=True, slots=True)
class Name:
    """What the ARN of one of them says."""

    account: str
    region: str
    project: str
    kind: str
    """Of what is below a project: `dataset` or `version`; empty: it is the project's ARN."""
    own: str
    """Of a dataset or a version; empty for a project."""
    stamp: int
    """When it was made, in milliseconds; two of one name, one after the other, differ in it."""

    @classmethod
    def of(cls, arn: str) -> "Name":
        """Return what an ARN says: `…:project/cats/1`, `…:project/cats/version/first/2`.

        Raises:
            ValueError: It is none of theirs.
        """
        parsed = Arn.parse(arn)
        parts = parsed.resource.split("/")
        if parts[0] != "project" or len(parts) not in (3, 5) or not parts[-1].isdecimal():
            raise ValueError(f"no ARN of Custom Labels: {arn}")
        kind, own = (parts[2], parts[3]) if len(parts) == 5 else ("", "")
        return cls(parsed.account, parsed.region, parts[1], kind, own, int(parts[-1]))


def scope(call: Call, kind: str) -> Scope:
    """Return where the caller's records of a kind are."""
    return Scope(call.account, call.region, SERVICE, kind)


def entries_scope(dataset: Record) -> Scope:
    """Return where the entries of a dataset are, by the address of their image."""
    place = dataset.scope
    return Scope(place.account, place.region, SERVICE, f"dataset-entry/{dataset.document['uid']}")


def policies_scope(project: Record) -> Scope:
    """Return where the policies of a project are."""
    place = project.scope
    return Scope(place.account, place.region, SERVICE, f"project-policy/{project.document['uid']}")


def born(now: datetime) -> Document:
    """Return what every document of theirs begins with."""
    stamp = int(now.timestamp() * 1000)
    return {"uid": secrets.token_hex(16), "stamp": stamp, "created": now}


def project_arn(call: Call, project: Record) -> str:
    """Return the ARN of a project."""
    return call.arn(f"project/{project.name}/{project.document['stamp']}")


def dataset_arn(call: Call, dataset: Record) -> str:
    """Return the ARN of a dataset."""
    document = dataset.document
    kind = dataset.name.partition("/")[2]
    return call.arn(f"project/{document['project']}/dataset/{kind}/{document['stamp']}")


def version_arn(call: Call, version: Record) -> str:
    """Return the ARN of a version."""
    document = version.document
    own = version.name.partition("/")[2]
    return call.arn(f"project/{document['project']}/version/{own}/{document['stamp']}")


async def find_project(call: Call, arn: str) -> Record:
    """Return a project of the caller's.

    Raises:
        ResourceNotFoundException: There is none with this ARN.
    """
    name = _own_name(call, arn)
    project = await call.backends.records.find(scope(call, PROJECT), name.project)
    if project is None or name.own or project.document["stamp"] != name.stamp:
        raise not_found(arn)
    return project


async def find_dataset(call: Call, arn: str) -> Record:
    """Return a dataset of the caller's.

    Raises:
        ResourceNotFoundException: There is none with this ARN.
    """
    return await _find_below(call, arn, DATASET)


async def find_version(call: Call, arn: str) -> Record:
    """Return a version of the caller's.

    Raises:
        ResourceNotFoundException: There is none with this ARN.
    """
    return await _find_below(call, arn, VERSION)


async def find_any(call: Call, arn: str) -> Record:
    """Return what an ARN names, whichever kind it is of.

    Raises:
        ResourceNotFoundException: There is nothing with this ARN.
    """
    kind = _own_name(call, arn).kind
    if not kind:
        return await find_project(call, arn)
    return await _find_below(call, arn, DATASET if kind == DATASET else VERSION)


async def below(call: Call, project: Record, kind: str) -> list[Record]:
    """Return the datasets or the versions of a project."""
    prefix = f"{project.document['uid']}/"
    records = call.backends.records
    return [record async for record in every(records, scope(call, kind), prefix=prefix)]


async def _find_below(call: Call, arn: str, kind: str) -> Record:
    name = _own_name(call, arn)
    project = await call.backends.records.find(scope(call, PROJECT), name.project)
    if project is not None:
        own = f"{project.document['uid']}/{name.own}"
        record = await call.backends.records.find(scope(call, kind), own)
        if record is not None and record.document["stamp"] == name.stamp:
            return record
    raise not_found(arn)


def _own_name(call: Call, arn: str) -> Name:
    try:
        name = Name.of(arn)
    except ValueError as error:
        raise not_found(arn) from error
    if (name.account, name.region) != (call.account, call.region):
        raise not_found(arn)
    return name


async def add_below(call: Call, project: Record, kind: str, own: str, document: Document) -> Record:
    """Keep a new dataset or version of a project, and return it.

    The project's record is written along: a request that deletes it at the same time fails, or
    this one does.

    Raises:
        RecordExistsError: The project has one of this name.
        ResourceNotFoundException: The project has gone.
    """
    name = f"{project.document['uid']}/{own}"
    for _ in range(TRIES):
        touched = Replace(record=project, document=project.document)
        create = Create(scope=scope(call, kind), name=name, document=document)
        try:
            written = await call.backends.records.write(touched, create)
        except StaleRecordError:
            project = await find_project(call, project_arn(call, project))
        except RecordNotFoundError as error:
            raise not_found(project_arn(call, project)) from error
        else:
            return next(record for record in written if record and record.name == name)
    raise shapes.ProvisionedThroughputExceededException(
        "Too many requests change the project at once; try again."
    )


def not_found(arn: str) -> Exception:
    """Return the error for what is not there."""
    return shapes.ResourceNotFoundException(f"The resource {arn} does not exist.")


def is_unchanged(before: Record, after: Record | None) -> bool:
    """Tell whether a dataset had the same entries all the while between two looks at its record."""
    return after is not None and all(
        before.document[member] == after.document[member] for member in ("uid", "status", "updated")
    )


def s3_object(bucket: str, key: str) -> Any:
    """Return an object in Rekognition's shape."""
    return {"S3Object": {"Bucket": bucket, "Name": key}}
