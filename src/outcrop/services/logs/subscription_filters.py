"""Subscription filters: refused, since what they would deliver to is not here.

Their destinations are Kinesis, Firehose, Lambda and OpenSearch. AWS tests a destination before it
keeps a filter, and says so when the test fails; so does Outcrop.

Source:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
"""

from outcrop.operations import Call, operation
from outcrop.services.logs import shapes
from outcrop.services.logs.metric_filters import pattern_of
from outcrop.services.logs.places import find_group


@operation("PutSubscriptionFilter")
async def put_subscription_filter(call: Call, request: shapes.PutSubscriptionFilterRequest) -> None:
    """Refuse the destination, as AWS does when its test message does not arrive."""
    pattern_of(request["filterPattern"])
    await find_group(call, request["logGroupName"])
    raise shapes.InvalidParameterException(
        "Could not deliver test message to specified destination."
        " Check if the destination is valid."
    )


@operation("DescribeSubscriptionFilters")
async def describe_subscription_filters(
    call: Call, request: shapes.DescribeSubscriptionFiltersRequest
) -> shapes.DescribeSubscriptionFiltersResponse:
    """Answer with a group's subscription filters, of which there are none."""
    await find_group(call, request["logGroupName"])
    return {"subscriptionFilters": []}


@operation("DeleteSubscriptionFilter")
async def delete_subscription_filter(
    call: Call, request: shapes.DeleteSubscriptionFilterRequest
) -> None:
    """Answer that there is no such filter."""
    await find_group(call, request["logGroupName"])
    raise shapes.ResourceNotFoundException("The specified subscription filter does not exist.")
