"""Actions of lineage: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAction.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import with_changed_maps
from outcrop.services.sagemaker.lineage.entities import ACTIONS, MAPS, listed, told
from outcrop.services.sagemaker.lineage.graph import check_is_alone
from outcrop.services.sagemaker.resources import remove


@operation("CreateAction")
async def create_action(
    call: Call, request: shapes.CreateActionRequest
) -> shapes.CreateActionResponse:
    """Make an action."""
    return ACTIONS.arn_answer(call, await ACTIONS.create(call, request))


@operation("DescribeAction")
async def describe_action(
    call: Call, request: shapes.DescribeActionRequest
) -> shapes.DescribeActionResponse:
    """Answer with an action."""
    return told(call, ACTIONS, await ACTIONS.find(call, request))


@operation("ListActions")
async def list_actions(
    call: Call, request: shapes.ListActionsRequest
) -> shapes.ListActionsResponse:
    """Answer with the actions that pass all filters."""
    return await listed(call, ACTIONS, request)


@operation("UpdateAction")
async def update_action(
    call: Call, request: shapes.UpdateActionRequest
) -> shapes.UpdateActionResponse:
    """Change what an action tells; its properties are added to, and lose the keys to remove."""
    action = await ACTIONS.find(call, request)
    changes = ACTIONS.given(request)
    await ACTIONS.update(call, action, lambda given: with_changed_maps(given, changes, MAPS))
    return ACTIONS.arn_answer(call, action)


@operation("DeleteAction")
async def delete_action(
    call: Call, request: shapes.DeleteActionRequest
) -> shapes.DeleteActionResponse:
    """Delete an action that nothing is associated with."""
    action = await ACTIONS.find(call, request)
    await check_is_alone(call, ACTIONS.arn_of(call, action))
    await remove(call, action)
    return ACTIONS.arn_answer(call, action)
