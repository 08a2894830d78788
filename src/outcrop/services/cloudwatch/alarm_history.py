"""DescribeAlarmHistory: what became of alarms, those deleted included.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.alarm_records import (
    METRIC_ALARM,
    find_alarm,
    history_scope,
    look_at,
    look_at_all,
)
from outcrop.storage.records.interface import Record

MOST_ITEMS = 100


@operation("DescribeAlarmHistory")
async def describe_alarm_history(
    call: Call, request: shapes.DescribeAlarmHistoryInput
) -> shapes.DescribeAlarmHistoryOutput:
    """Answer with the changes of one alarm or of all, the latest first."""
    name = request.get("AlarmName")
    await _bring_up_to_date(call, name)
    is_descending = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    items = [
        item
        async for item in every(
            call.backends.records,
            history_scope(call),
            index=None if name is None else ("alarm", name),
            descending=is_descending,
        )
        if _is_wanted(item, request)
    ]
    page = page_of(
        items,
        key=lambda item: item.name,
        page=PageRequest(
            limit=request.get("MaxRecords", MOST_ITEMS),
            token=request.get("NextToken"),
            error=shapes.InvalidNextToken("The token is not one of DescribeAlarmHistory."),
        ),
        descending=is_descending,
    )
    shown: list[Any] = [item.document for item in page.items]
    answer: shapes.DescribeAlarmHistoryOutput = {"AlarmHistoryItems": shown}
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


async def _bring_up_to_date(call: Call, name: str | None) -> None:
    if name is None:
        await look_at_all(call)
    elif alarm := await find_alarm(call, name):
        await look_at(call, alarm)


def _is_wanted(item: Record, request: shapes.DescribeAlarmHistoryInput) -> bool:
    document = item.document
    moment = document["Timestamp"]
    return (
        document["AlarmType"] in request.get("AlarmTypes", [METRIC_ALARM])
        and request.get("HistoryItemType") in {None, document["HistoryItemType"]}
        and request.get("StartDate", moment) <= moment <= request.get("EndDate", moment)
    )
