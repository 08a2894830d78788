"""Alarms: put, describe, delete, set and switch.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import change, every
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.alarm_checks import check_metric_alarm
from outcrop.services.cloudwatch.alarm_records import (
    COMPOSITE_ALARM,
    METRIC_ALARM,
    UNCHECKED,
    alarms_scope,
    as_alarm,
    find_alarm,
    history_item,
    look_at,
    look_at_all,
    state_document,
    state_history,
    unknown_alarm,
)
from outcrop.services.cloudwatch.alarm_rules import InvalidRuleError, parse_rule
from outcrop.services.cloudwatch.alarm_states import AlarmState
from outcrop.services.cloudwatch.series import Metric
from outcrop.services.cloudwatch.tag_lists import new_tags
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Put,
    Record,
    RecordNotFoundError,
    Replace,
)

MOST_DESCRIBED = 50
NOT_SETTINGS = frozenset(("AlarmName", "Tags"))


@operation("PutMetricAlarm")
async def put_metric_alarm(call: Call, request: shapes.PutMetricAlarmInput) -> None:
    """Make an alarm on a metric or an expression, or replace its settings; its state stays."""
    check_metric_alarm(request)
    await _put(call, METRIC_ALARM, request)


@operation("PutCompositeAlarm")
async def put_composite_alarm(call: Call, request: shapes.PutCompositeAlarmInput) -> None:
    """Make an alarm on the states of others, or replace its settings."""
    try:
        _, names = parse_rule(request["AlarmRule"])
    except InvalidRuleError as error:
        raise shapes.ValidationException(str(error)) from error
    missing = [name for name in names if await find_alarm(call, name) is None]
    if missing:
        raise shapes.ValidationException(
            f"AlarmRule must not contain alarms that do not exist: {', '.join(missing)}"
        )
    if request["AlarmName"] in await _children(call, names):
        raise shapes.ValidationException("AlarmRule must not depend on the alarm itself.")
    await _put(call, COMPOSITE_ALARM, request)


@operation("DescribeAlarms")
async def describe_alarms(
    call: Call, request: shapes.DescribeAlarmsInput
) -> shapes.DescribeAlarmsOutput:
    """Answer with alarms by name and state; without types asked for, with metric alarms only."""
    if "AlarmNames" in request and "AlarmNamePrefix" in request:
        raise shapes.ValidationException(
            "AlarmNamePrefix and AlarmNames are mutually exclusive parameters."
        )
    alarms = await _chosen(call, request)
    types = request.get("AlarmTypes", [METRIC_ALARM])
    state, action = request.get("StateValue"), request.get("ActionPrefix", "")
    wanted = [
        alarm
        for alarm in alarms
        if alarm.document["type"] in types
        and state in {None, alarm.document["state"]["value"]}
        and _has_action(alarm.document["settings"], action)
    ]
    page = page_of(
        wanted,
        key=lambda alarm: alarm.name,
        page=PageRequest(
            limit=request.get("MaxRecords", MOST_DESCRIBED),
            token=request.get("NextToken"),
            error=shapes.InvalidNextToken("The token is not one of DescribeAlarms."),
        ),
    )
    answer: shapes.DescribeAlarmsOutput = {
        "MetricAlarms": _of_type(call, page.items, METRIC_ALARM),
        "CompositeAlarms": _of_type(call, page.items, COMPOSITE_ALARM),
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DescribeAlarmsForMetric")
async def describe_alarms_for_metric(
    call: Call, request: shapes.DescribeAlarmsForMetricInput
) -> shapes.DescribeAlarmsForMetricOutput:
    """Answer with the alarms on one metric."""
    wanted = Metric.of(request["Namespace"], request["MetricName"], request.get("Dimensions", []))
    asked = {
        name: value
        for name, value in request.items()
        if name in {"Statistic", "ExtendedStatistic", "Period", "Unit"}
    }

    def is_on_metric(settings: Mapping[str, Any]) -> bool:
        if "MetricName" not in settings:
            return False
        dimensions = settings.get("Dimensions", [])
        metric = Metric.of(settings["Namespace"], settings["MetricName"], dimensions)
        return metric == wanted and asked.items() <= settings.items()

    alarms = await look_at_all(call)
    found = [alarm for alarm in alarms if is_on_metric(alarm.document["settings"])]
    return {"MetricAlarms": _of_type(call, found, METRIC_ALARM)}


@operation("DeleteAlarms")
async def delete_alarms(call: Call, request: shapes.DeleteAlarmsInput) -> None:
    """Delete alarms: all of them or, if one is not there, none."""
    names = list(dict.fromkeys(request["AlarmNames"]))
    place = alarms_scope(call)
    if watched := await _watched(call, names):
        one_or_many = "it" if len(watched) == 1 else "them"
        raise shapes.ValidationException(
            f"Cannot delete {','.join(watched)} as there are composite alarm(s) depending on"
            f" {one_or_many}."
        )
    try:
        await call.backends.records.write(*(Delete(scope=place, name=name) for name in names))
    except RecordNotFoundError as error:
        if len(names) > 1:  # One alarm that is gone already is no error on AWS.
            raise unknown_alarm(", ".join(names)) from error


@operation("SetAlarmState")
async def set_alarm_state(call: Call, request: shapes.SetAlarmStateInput) -> None:
    """Put an alarm into a state, until it is evaluated again."""
    alarm = await find_alarm(call, request["AlarmName"])
    if alarm is None:
        raise unknown_alarm(request["AlarmName"])
    data = request.get("StateReasonData", "")
    if data:
        _check_json(data)
    now = call.backends.now()
    before = alarm.document["state"]
    state = AlarmState(request["StateValue"], request["StateReason"], data)
    is_new = state.value != before["value"]
    changed_at = now if is_new else before["changed_at"]
    document = {
        **alarm.document,
        "evaluated_at": now,
        "state": state_document(state, now, changed_at=changed_at),
    }
    history = [state_history(call, alarm, state, now)] if is_new else []
    await call.backends.records.write(Replace(record=alarm, document=document), *history)


@operation("EnableAlarmActions")
async def enable_alarm_actions(call: Call, request: shapes.EnableAlarmActionsInput) -> None:
    """Let alarms act; unknown names are passed over, as on AWS."""
    await _switch(call, request["AlarmNames"], is_on=True)


@operation("DisableAlarmActions")
async def disable_alarm_actions(call: Call, request: shapes.DisableAlarmActionsInput) -> None:
    """Let alarms change their state without acting."""
    await _switch(call, request["AlarmNames"], is_on=False)


async def _put(call: Call, kind: str, request: Mapping[str, Any]) -> None:
    name = request["AlarmName"]
    now = call.backends.now()
    before = await find_alarm(call, name)
    settings = {key: value for key, value in request.items() if key not in NOT_SETTINGS}
    initial = state_document(AlarmState("INSUFFICIENT_DATA", UNCHECKED), now, changed_at=now)
    document: Document = {
        "type": kind,
        "settings": settings,
        "configured_at": now,
        "evaluated_at": now,
        "state": before.document["state"] if before else initial,
        # Tags in the request count for new alarms only.
        "tags": before.document["tags"] if before else new_tags(request.get("Tags", [])),
    }
    put = Put(scope=alarms_scope(call), name=name, document=document)
    (written,) = await call.backends.records.write(put)
    if written:
        verb = "updated" if before else "created"
        data = {"version": "1.0", "type": "Update" if before else "Create"}
        await call.backends.records.write(
            history_item(call, written, "ConfigurationUpdate", f'Alarm "{name}" {verb}', data, now)
        )


async def _chosen(call: Call, request: shapes.DescribeAlarmsInput) -> Sequence[Record]:
    """Return the alarms that a request names in one way or another, evaluated where due."""
    names: Sequence[str] | None = request.get("AlarmNames")
    if "ChildrenOfAlarmName" in request:
        names = await _children(call, [request["ChildrenOfAlarmName"]], deep=False)
    if names is not None:
        found = [await find_alarm(call, name) for name in sorted(set(names))]
        return [await look_at(call, alarm) for alarm in found if alarm]
    alarms = await look_at_all(call, prefix=request.get("AlarmNamePrefix", ""))
    parent_of = request.get("ParentsOfAlarmName")
    if parent_of is None:
        return alarms
    return [alarm for alarm in alarms if parent_of in _names_in_rule(alarm)]


async def _watched(call: Call, names: Sequence[str]) -> list[str]:
    """Return which alarms the rules of composite alarms ask for, others than these themselves."""
    found: set[str] = set()
    async for alarm in every(call.backends.records, alarms_scope(call)):
        if alarm.name not in names:
            found.update(_names_in_rule(alarm))
    return [name for name in names if name in found]


async def _children(call: Call, names: Sequence[str], *, deep: bool = True) -> list[str]:
    """Return the alarms that the rules of some alarms ask for, and of those in turn if `deep`."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        alarm = await find_alarm(call, waiting.pop())
        new = [name for name in _names_in_rule(alarm) if name not in found] if alarm else []
        found |= dict.fromkeys(new)
        waiting += new if deep else []
    return list(found) if not deep else [*names, *found]


def _names_in_rule(alarm: Record) -> Sequence[str]:
    rule = alarm.document["settings"].get("AlarmRule")
    return parse_rule(rule)[1] if rule else []


def _has_action(settings: Mapping[str, Any], prefix: str) -> bool:
    if not prefix:
        return True
    kinds = ("OKActions", "AlarmActions", "InsufficientDataActions")
    return any(action.startswith(prefix) for kind in kinds for action in settings.get(kind, []))


def _of_type(call: Call, alarms: Sequence[Record], kind: str) -> list[Any]:
    return [as_alarm(call, alarm) for alarm in alarms if alarm.document["type"] == kind]


async def _switch(call: Call, names: Sequence[str], *, is_on: bool) -> None:
    def changed(document: Document) -> Document:
        return {**document, "settings": {**document["settings"], "ActionsEnabled": is_on}}

    for name in names:
        if await find_alarm(call, name) is not None:
            await change(call.backends.records, alarms_scope(call), name, changed)


def _check_json(text: str) -> None:
    try:
        read_json(text)
    except ValueError as error:
        raise shapes.InvalidFormatFault("StateReasonData must be JSON.") from error
