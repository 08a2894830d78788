"""Model packages: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
"""

from typing import Any

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import with_changed_maps
from outcrop.services.sagemaker.lineage.package_traces import trace_approval, trace_package
from outcrop.services.sagemaker.listings import Listing, all_of, anything
from outcrop.services.sagemaker.registry.packages import (
    GROUPS,
    PACKAGES,
    check_package,
    cloned,
    told_package,
)
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, find, remove
from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

LISTING = Listing(
    member="ModelPackageSummaryList",
    filters={
        "ModelApprovalStatus": lambda package, status: (
            package["given"].get("ModelApprovalStatus") == status
        ),
        "ModelPackageGroupName": anything,
        "ModelPackageType": lambda package, kind: (
            kind == "Both" or (kind == "Versioned") == ("group" in package)
        ),
    },
    sort_order="Ascending",
)
MOST_PROPERTIES = 50
"""Of a customer's, as the service model says."""
TRIES = 100
"""A group that so many others add packages to in between is contended beyond use."""


@operation("CreateModelPackage")
async def create_model_package(
    call: Call, request: shapes.CreateModelPackageInput
) -> shapes.CreateModelPackageOutput:
    """Make a package: the next version of a group's, or one with a name of its own."""
    given: Document = {
        name: item for name, item in request.items() if name not in ("ClientToken", "Tags")
    }
    check_package(given)
    if "ModelPackageGroupName" in request and "ModelPackageName" in request:
        raise ValidationError(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input."
            " Cannot determine which one to use."
        )
    given = {**await cloned(call, given), "Tags": request.get("Tags", [])}
    if "ModelPackageGroupName" in request:
        package = await _next_version(call, given)
    elif "ModelPackageName" in request:
        package = await PACKAGES.create(call, given)
    else:
        raise ValidationError("Missing ARN.")
    await trace_package(call, package)
    return PACKAGES.arn_answer(call, package)


@operation("DescribeModelPackage")
async def describe_model_package(
    call: Call, request: shapes.DescribeModelPackageInput
) -> shapes.DescribeModelPackageOutput:
    """Answer with a package; without the card's content if only metadata are wanted."""
    told = told_package(call, await PACKAGES.find(call, request))
    if request.get("IncludedData") == "MetadataOnly" and "ModelCard" in told:
        told["ModelCard"] = {**told["ModelCard"], "ModelCardContent": ""}
    return told


@operation("BatchDescribeModelPackage")
async def batch_describe_model_package(
    call: Call, request: shapes.BatchDescribeModelPackageInput
) -> shapes.BatchDescribeModelPackageOutput:
    """Answer with packages, and with the errors of those that are not there."""
    told: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for arn in request["ModelPackageArnList"]:
        try:
            told[arn] = told_package(call, await find(call, MODEL_PACKAGE, arn))
        except ServiceError as error:
            errors[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
    return {"ModelPackageSummaries": told, "BatchDescribeModelPackageErrorMap": errors}


@operation("ListModelPackages")
async def list_model_packages(
    call: Call, request: shapes.ListModelPackagesInput
) -> shapes.ListModelPackagesOutput:
    """Answer with the packages that pass all filters: those of a group, or those without one."""
    if "ModelPackageGroupName" in request:
        group = await GROUPS.find(call, request)
        packages = await all_of(call, MODEL_PACKAGE, index=("group", group.name))
        kind = "Versioned"
    else:
        packages = await all_of(call, MODEL_PACKAGE)
        kind = "Unversioned"
    wanted = {"ModelPackageType": kind, **request}
    return LISTING.answer(wanted, packages, lambda package: told_package(call, package))


@operation("UpdateModelPackage")
async def update_model_package(
    call: Call, request: shapes.UpdateModelPackageInput
) -> shapes.UpdateModelPackageOutput:
    """Change a package: its approval, its stage, what customers keep of it, how it infers."""
    package = await find(call, MODEL_PACKAGE, request["ModelPackageArn"])
    changes: Document = {
        name: item
        for name, item in request.items()
        if name not in ("ModelPackageArn", "ClientToken", "AdditionalInferenceSpecificationsToAdd")
    }

    def changed(given: Document) -> Document:
        result = with_changed_maps(given, changes, {"CustomerMetadataProperties": MOST_PROPERTIES})
        if added := request.get("AdditionalInferenceSpecificationsToAdd"):
            before = given.get("AdditionalInferenceSpecifications", [])
            result["AdditionalInferenceSpecifications"] = [*before, *added]
        check_package(result)
        return result

    await PACKAGES.update(call, package, changed)
    await trace_approval(call, package, changes.get("ModelApprovalStatus"))
    return PACKAGES.arn_answer(call, package)


@operation("DeleteModelPackage")
async def delete_model_package(call: Call, request: shapes.DeleteModelPackageInput) -> None:
    """Delete a package; its number is given to no other."""
    await remove(call, await PACKAGES.find(call, request))


async def _next_version(call: Call, given: Document) -> Record:
    """Keep a package under the next number of its group, which counts in the same write."""
    for _ in range(TRIES):
        group = await GROUPS.find(call, given)
        version = group.document["latest"] + 1
        members = {
            "name": f"{group.name}/{version}",
            "group": group.name,
            "version": version,
        }
        named = {
            "ModelApprovalStatus": "PendingManualApproval",
            **given,
            "ModelPackageGroupName": group.name,
        }
        count = Replace(record=group, document={**group.document, "latest": version})
        try:
            return await PACKAGES.create(
                call, named, count, indexes={"group": group.name}, **members
            )
        except (StaleRecordError, RecordNotFoundError):  # The group has changed, or has gone.
            continue
    raise StaleRecordError(given["ModelPackageGroupName"])
