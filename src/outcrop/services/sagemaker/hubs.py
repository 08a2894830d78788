"""Private hubs: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHub.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hub.contents import HUBS, open_hub, told_hub
from outcrop.services.sagemaker.hub.public import refuse_public
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import HUB, HUB_CONTENT, remove

LISTING = Listing(
    member="HubSummaries",
    # All are in service and of one account.
    sort_keys={"HubName": "name", "HubStatus": "status", "AccountIdOwner": "account"},
)


@operation("CreateHub")
async def create_hub(call: Call, request: shapes.CreateHubRequest) -> shapes.CreateHubResponse:
    """Make a hub, which is empty."""
    refuse_public(call, request)
    return HUBS.arn_answer(call, await HUBS.create(call, request))


@operation("DescribeHub")
async def describe_hub(
    call: Call, request: shapes.DescribeHubRequest
) -> shapes.DescribeHubResponse:
    """Answer with a hub."""
    return told_hub(*await open_hub(call, request))


@operation("ListHubs")
async def list_hubs(call: Call, request: shapes.ListHubsRequest) -> shapes.ListHubsResponse:
    """Answer with the hubs that pass all filters."""
    return LISTING.answer(request, await all_of(call, HUB), lambda hub: told_hub(call, hub))


@operation("UpdateHub")
async def update_hub(call: Call, request: shapes.UpdateHubRequest) -> shapes.UpdateHubResponse:
    """Change what a hub tells of itself."""
    refuse_public(call, request)
    hub = await HUBS.find(call, request)
    changes = HUBS.given(request)
    await HUBS.update(call, hub, lambda given: given | changes)
    return HUBS.arn_answer(call, hub)


@operation("DeleteHub")
async def delete_hub(call: Call, request: shapes.DeleteHubRequest) -> None:
    """Delete a hub that is empty."""
    refuse_public(call, request)
    hub = await HUBS.find(call, request)
    if await all_of(call, HUB_CONTENT, index=("hub", hub.name)):
        raise shapes.ResourceInUse(f"Hub {hub.name} has contents: delete them first.")
    await remove(call, hub)
