"""Contexts of lineage: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateContext.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import with_changed_maps
from outcrop.services.sagemaker.lineage.entities import CONTEXTS, MAPS, listed, told
from outcrop.services.sagemaker.lineage.graph import check_is_alone
from outcrop.services.sagemaker.resources import remove


@operation("CreateContext")
async def create_context(
    call: Call, request: shapes.CreateContextRequest
) -> shapes.CreateContextResponse:
    """Make a context."""
    return CONTEXTS.arn_answer(call, await CONTEXTS.create(call, request))


@operation("DescribeContext")
async def describe_context(
    call: Call, request: shapes.DescribeContextRequest
) -> shapes.DescribeContextResponse:
    """Answer with a context."""
    return told(call, CONTEXTS, await CONTEXTS.find(call, request))


@operation("ListContexts")
async def list_contexts(
    call: Call, request: shapes.ListContextsRequest
) -> shapes.ListContextsResponse:
    """Answer with the contexts that pass all filters."""
    return await listed(call, CONTEXTS, request)


@operation("UpdateContext")
async def update_context(
    call: Call, request: shapes.UpdateContextRequest
) -> shapes.UpdateContextResponse:
    """Change what a context tells; its properties are added to, and lose the keys to remove."""
    context = await CONTEXTS.find(call, request)
    changes = CONTEXTS.given(request)
    await CONTEXTS.update(call, context, lambda given: with_changed_maps(given, changes, MAPS))
    return CONTEXTS.arn_answer(call, context)


@operation("DeleteContext")
async def delete_context(
    call: Call, request: shapes.DeleteContextRequest
) -> shapes.DeleteContextResponse:
    """Delete a context that nothing is associated with."""
    context = await CONTEXTS.find(call, request)
    await check_is_alone(call, CONTEXTS.arn_of(call, context))
    await remove(call, context)
    return CONTEXTS.arn_answer(call, context)
