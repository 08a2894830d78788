"""ListMetrics: which metrics there are.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
"""

from datetime import timedelta

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.series import SEPARATOR, Metric, metrics_scope
from outcrop.storage.records.interface import Record

MOST_METRICS = 500
FORGOTTEN_AFTER = timedelta(days=14)
RECENT = timedelta(hours=3)


@operation("ListMetrics")
async def list_metrics(call: Call, request: shapes.ListMetricsInput) -> shapes.ListMetricsOutput:
    """Answer with the metrics that had data within two weeks, by namespace, name and dimensions."""
    namespace, name = request.get("Namespace"), request.get("MetricName")
    filters = request.get("Dimensions", [])
    age = RECENT if "RecentlyActive" in request else FORGOTTEN_AFTER
    since = call.backends.now() - age

    def keep(record: Record) -> bool:
        metric = Metric.of_record(record)
        return (
            name in {None, metric.name}
            and record.document["seen"] >= since
            and all(_has_dimension(metric, each) for each in filters)
        )

    page = await page_of_records(
        call.backends.records,
        metrics_scope(call),
        PageRequest(
            limit=MOST_METRICS,
            token=request.get("NextToken"),
            error=shapes.InvalidParameterValueException("Invalid NextToken"),
        ),
        prefix="" if namespace is None else f"{namespace}{SEPARATOR}",
        keep=keep,
    )
    answer: shapes.ListMetricsOutput = {
        "Metrics": [Metric.of_record(record).as_shape() for record in page.items]
    }
    if request.get("IncludeLinkedAccounts"):
        answer["OwningAccounts"] = [call.account for _ in page.items]
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


def _has_dimension(metric: Metric, wanted: shapes.DimensionFilter) -> bool:
    return any(
        name == wanted["Name"] and wanted.get("Value") in {None, value}
        for name, value in metric.dimensions
    )
