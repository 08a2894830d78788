"""Endpoint configurations: which models are served by how many instances.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.checks import check_config, check_shadowed
from outcrop.services.sagemaker.hosting.kept_requests import described, keep, listed
from outcrop.services.sagemaker.listings import Listing
from outcrop.services.sagemaker.resources import (
    ENDPOINT_CONFIG,
    MODEL,
    find,
    remove,
)

LISTING = Listing(member="EndpointConfigs")


@operation("CreateEndpointConfig")
async def create_endpoint_config(
    call: Call, request: shapes.CreateEndpointConfigInput
) -> shapes.CreateEndpointConfigOutput:
    """Keep a configuration of models that are there."""
    check_config(call, request)
    shadows = request.get("ShadowProductionVariants", [])
    for variant in (*request["ProductionVariants"], *shadows):
        if "ModelName" not in variant:
            continue  # Inference components will name theirs.
        model = await find(call, MODEL, variant["ModelName"])
        if shadows:
            check_shadowed(model.document["request"])
    name = request["EndpointConfigName"]
    given: dict[str, Any] = {key: value for key, value in request.items() if key != "Tags"}
    for member, several in (
        ("ProductionVariants", request["ProductionVariants"]),
        ("ShadowProductionVariants", shadows),
    ):
        if several:
            given[member] = [{"InitialVariantWeight": 1.0, **variant} for variant in several]
    arn = await keep(call, ENDPOINT_CONFIG, name, given, request.get("Tags", []))
    return {"EndpointConfigArn": arn}


@operation("DescribeEndpointConfig")
async def describe_endpoint_config(
    call: Call, request: shapes.DescribeEndpointConfigInput
) -> shapes.DescribeEndpointConfigOutput:
    """Answer with what a configuration was made of."""
    return await described(
        call, ENDPOINT_CONFIG, request["EndpointConfigName"], noun="EndpointConfig"
    )


@operation("ListEndpointConfigs")
async def list_endpoint_configs(
    call: Call, request: shapes.ListEndpointConfigsInput
) -> shapes.ListEndpointConfigsOutput:
    """Answer with the configurations that pass all filters."""
    return await listed(call, ENDPOINT_CONFIG, LISTING, request, noun="EndpointConfig")


@operation("DeleteEndpointConfig")
async def delete_endpoint_config(call: Call, request: shapes.DeleteEndpointConfigInput) -> None:
    """Forget a configuration; endpoints that were made of it go on."""
    await remove(call, await find(call, ENDPOINT_CONFIG, request["EndpointConfigName"]))
