"""Models: what is served, and by which image.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.checks import check_model
from outcrop.services.sagemaker.hosting.kept_requests import described, keep, listed
from outcrop.services.sagemaker.listings import Listing
from outcrop.services.sagemaker.registry.unpacking import unpacked
from outcrop.services.sagemaker.resources import MODEL, find, remove

LISTING = Listing(member="Models")


@operation("CreateModel")
async def create_model(call: Call, request: shapes.CreateModelInput) -> shapes.CreateModelOutput:
    """Keep a model: its image, its data and its environment, or those of a package."""
    given = await unpacked(call, {key: item for key, item in request.items() if key != "Tags"})
    await check_model(call, given)
    name = request["ModelName"]
    return {"ModelArn": await keep(call, MODEL, name, given, request.get("Tags", []))}


@operation("DescribeModel")
async def describe_model(
    call: Call, request: shapes.DescribeModelInput
) -> shapes.DescribeModelOutput:
    """Answer with what a model was made of."""
    return await described(call, MODEL, request["ModelName"], noun="Model")


@operation("ListModels")
async def list_models(call: Call, request: shapes.ListModelsInput) -> shapes.ListModelsOutput:
    """Answer with the models that pass all filters."""
    return await listed(call, MODEL, LISTING, request, noun="Model")


@operation("DeleteModel")
async def delete_model(call: Call, request: shapes.DeleteModelInput) -> None:
    """Forget a model; its data stay in S3, and endpoints that serve it go on."""
    await remove(call, await find(call, MODEL, request["ModelName"]))
