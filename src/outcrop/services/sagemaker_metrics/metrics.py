"""BatchPutMetrics and BatchGetMetrics.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Metrics_Service.html
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.trial_metrics import data_of, keep
from outcrop.services.sagemaker_metrics import shapes
from outcrop.services.sagemaker_metrics.statistics import points_of
from outcrop.storage.records.interface import Document

OLDEST, NEWEST = timedelta(weeks=-2), timedelta(hours=2)
"""How far a datum's moment may be from now.

Source: https://github.com/aws/sagemaker-python-sdk/blob/master/src/sagemaker/experiments/_metrics.py
"""
MOST_POINTS = 1000
"""Of one result: our own bound, as the API documents none."""


@operation("BatchPutMetrics")
async def batch_put_metrics(
    call: Call, request: shapes.BatchPutMetricsRequest
) -> shapes.BatchPutMetricsResponse:
    """Keep data of a trial component, and say which are refused."""
    arn = _component_arn(call, request["TrialComponentName"])
    data: list[Document] = [dict(datum) for datum in request["MetricData"]]
    now = call.backends.now()
    refused = {
        index for index, datum in enumerate(data) if not OLDEST < datum["Timestamp"] - now < NEWEST
    }
    if not await _exists(call, arn):
        refused = set(range(len(data)))
    kept = [datum for index, datum in enumerate(data) if index not in refused]
    if kept:
        await keep(call.backends.records, call.account, call.region, arn, kept)
    if not refused:
        return {}
    return {
        "Errors": [{"Code": "VALIDATION_ERROR", "MetricIndex": index} for index in sorted(refused)]
    }


@operation("BatchGetMetrics")
async def batch_get_metrics(
    call: Call, request: shapes.BatchGetMetricsRequest
) -> shapes.BatchGetMetricsResponse:
    """Answer with the statistics of metrics over periods or steps, a result for each query."""
    results: Any = [await _result(call, query) for query in request["MetricQueries"]]
    return {"MetricQueryResults": results}


async def _result(call: Call, query: Mapping[str, Any]) -> Mapping[str, Any]:
    component = await _component_of(call, query["ResourceArn"])
    if component is None:
        return _nothing("ValidationError", "The resource has no metrics here.")
    if (query["Period"] == "IterationNumber") != (query["XAxisType"] == "IterationNumber"):
        return _nothing("ValidationError", "The period does not fit the type of the x axis.")
    data = await data_of(
        call.backends.records, call.account, call.region, component, query["MetricName"]
    )
    points = points_of(data, query["Period"], query["MetricStat"])
    start, end = query.get("Start"), query.get("End")
    wanted = [
        (at, value)
        for at, value in points
        if (start is None or at >= start) and (end is None or at <= end)
    ]
    chosen = wanted[:MOST_POINTS]
    return {
        "Status": "Complete" if chosen == wanted else "Truncated",
        "XAxisValues": [at for at, _ in chosen],
        "MetricValues": [value for _, value in chosen],
    }


def _nothing(status: str, message: str) -> Mapping[str, Any]:
    return {"Status": status, "Message": message, "XAxisValues": [], "MetricValues": []}


async def _component_of(call: Call, arn: str) -> str | None:
    """Return the ARN of the trial component that has a resource's metrics."""
    if arn.startswith(_component_arn(call, "")):
        return arn if await _exists(call, arn) else None
    found = await call.ask("sagemaker", "ListTrialComponents", SourceArn=arn)
    summaries = found["TrialComponentSummaries"]
    return summaries[0]["TrialComponentArn"] if summaries else None


async def _exists(call: Call, arn: str) -> bool:
    try:
        await call.ask("sagemaker", "DescribeTrialComponent", TrialComponentName=arn)
    except ServiceError as error:
        if error.code != "ResourceNotFound":
            raise
        return False
    return True


def _component_arn(call: Call, name: str) -> str:
    return call.arn(f"experiment-trial-component/{name.lower()}", service="sagemaker")
