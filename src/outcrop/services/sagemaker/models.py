"""Models: what is served, and by which image.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.checks import check_model
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.registry.unpacking import unpacked
from outcrop.services.sagemaker.resources import MODEL, add, arn_of, find, remove
from outcrop.services.sagemaker.tags import checked_tags

LISTING = Listing(member="Models")


@operation("CreateModel")
async def create_model(call: Call, request: shapes.CreateModelInput) -> shapes.CreateModelOutput:
    """Keep a model: its image, its data and its environment, or those of a package."""
    given = await unpacked(call, {key: item for key, item in request.items() if key != "Tags"})
    await check_model(call, given)
    name = request["ModelName"]
    tags = checked_tags(request.get("Tags", []))
    await add(call, MODEL, name, {"request": given, "tags": tags})
    return {"ModelArn": arn_of(call, MODEL, name)}


@operation("DescribeModel")
async def describe_model(
    call: Call, request: shapes.DescribeModelInput
) -> shapes.DescribeModelOutput:
    """Answer with what a model was made of."""
    model = await find(call, MODEL, request["ModelName"])
    answer: dict[str, Any] = {
        "EnableNetworkIsolation": False,
        **model.document["request"],
        "ModelArn": arn_of(call, MODEL, model.name),
        "CreationTime": model.document["created"],
    }
    described: shapes.DescribeModelOutput = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


@operation("ListModels")
async def list_models(call: Call, request: shapes.ListModelsInput) -> shapes.ListModelsOutput:
    """Answer with the models that pass all filters."""
    models = await all_of(call, MODEL)
    return LISTING.answer(
        request,
        models,
        lambda model: {
            "ModelName": model.name,
            "ModelArn": arn_of(call, MODEL, model.name),
            "CreationTime": model.document["created"],
        },
    )


@operation("DeleteModel")
async def delete_model(call: Call, request: shapes.DeleteModelInput) -> None:
    """Forget a model; its data stay in S3, and endpoints that serve it go on."""
    await remove(call, await find(call, MODEL, request["ModelName"]))
