"""Alarms as they are kept: configuration, state and history.

An alarm is evaluated when somebody looks at it, if its last evaluation is older than its interval:
nobody is told of a change of state, so none need happen before it is seen.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.alarm_rules import parse_rule
from outcrop.services.cloudwatch.alarm_states import (
    AlarmState,
    compact,
    evaluated,
    period_of,
    timestamp,
)
from outcrop.storage.records.interface import (
    Create,
    Document,
    Record,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
)

METRIC_ALARM = "MetricAlarm"
COMPOSITE_ALARM = "CompositeAlarm"
INTERVAL = timedelta(seconds=60)
SHORT_INTERVAL = timedelta(seconds=10)
"""For periods below a minute."""
UNCHECKED = "Unchecked: Initial alarm creation"


def alarms_scope(call: Call) -> Scope:
    """Return where the alarms are."""
    return Scope(call.account, call.region, "cloudwatch", "alarm")


def history_scope(call: Call) -> Scope:
    """Return where the history of all alarms is, in the order of time."""
    return Scope(call.account, call.region, "cloudwatch", "alarm-history")


def alarm_arn(call: Call, name: str) -> str:
    """Return an alarm's ARN."""
    return call.arn(f"alarm:{name}", service="cloudwatch")


async def find_alarm(call: Call, name: str) -> Record | None:
    """Return an alarm as it was last evaluated, or `None`."""
    return await call.backends.records.find(alarms_scope(call), name)


async def look_at(call: Call, alarm: Record) -> Record:
    """Return an alarm, evaluated if that is due."""
    now = call.backends.now()
    if now - alarm.document["evaluated_at"] < _interval(alarm.document["settings"]):
        return alarm
    if alarm.document["type"] == COMPOSITE_ALARM:
        state = await _composite_state(call, alarm)
    else:
        state = await evaluated(call, alarm.document["settings"], now)
    document: Document = {**alarm.document, "evaluated_at": now}
    writes: list[Replace | Create] = [Replace(record=alarm, document=document)]
    if state is not None and state.value != alarm.document["state"]["value"]:
        document["state"] = state_document(state, now, changed_at=now)
        writes.append(state_history(call, alarm, state, now))
    elif alarm.document["type"] == COMPOSITE_ALARM:
        return alarm
    try:
        written = await call.backends.records.write(*writes)
    except (StaleRecordError, RecordNotFoundError):
        return await find_alarm(call, alarm.name) or alarm
    return written[0] or alarm


async def look_at_all(call: Call, *, prefix: str = "") -> Sequence[Record]:
    """Return all alarms by name, evaluated where that is due."""
    found = [
        alarm async for alarm in every(call.backends.records, alarms_scope(call), prefix=prefix)
    ]
    return [await look_at(call, alarm) for alarm in found]


async def _composite_state(call: Call, alarm: Record) -> AlarmState | None:
    rule, names = parse_rule(alarm.document["settings"]["AlarmRule"])
    found = [await find_alarm(call, name) for name in names]
    children = {child.name: await look_at(call, child) for child in found if child}
    states = {name: child.document["state"]["value"] for name, child in children.items()}
    holds = rule(lambda name: states.get(name, "INSUFFICIENT_DATA"))
    value = "ALARM" if holds else "OK"
    return _because(call, alarm, list(children.values()), value)


def _because(call: Call, alarm: Record, children: Sequence[Record], value: str) -> AlarmState:
    """Return a composite alarm's state with its reason: a child's change, or its own."""

    def changed_at(child: Record) -> datetime:
        return child.document["state"]["changed_at"]

    latest = max(children, key=changed_at, default=None)
    if latest is not None and changed_at(latest) > alarm.document["configured_at"]:
        triggers: Sequence[Record] = [latest]
        now_in = latest.document["state"]["value"]
        moment = f"{changed_at(latest):%A %d %B, %Y %H:%M:%S} UTC"
        reason = f"{alarm_arn(call, latest.name)} transitioned to {now_in} at {moment}"
    else:
        triggers = children
        is_new = alarm.document["state"]["reason"] == UNCHECKED
        verb = "created" if is_new else "updated"
        own = alarm_arn(call, alarm.name)
        reason = f"{own} was {verb} and its alarm rule evaluates to {value}"
    told = [
        {
            "arn": alarm_arn(call, child.name),
            "state": {
                "value": child.document["state"]["value"],
                "timestamp": timestamp(changed_at(child)),
            },
        }
        for child in triggers
    ]
    return AlarmState(value, reason, compact({"triggeringAlarms": told}))


def state_document(state: AlarmState, now: datetime, *, changed_at: datetime) -> Document:
    """Return a state as an alarm keeps it."""
    return {
        "value": state.value,
        "reason": state.reason,
        "data": state.data,
        "updated_at": now,
        "changed_at": changed_at,
    }


def state_history(call: Call, alarm: Record, state: AlarmState, now: datetime) -> Create:
    """Return the write that notes a change of state."""
    before = alarm.document["state"]
    data = {
        "version": "1.0",
        "oldState": _told(before["value"], before["reason"], before["data"]),
        "newState": _told(state.value, state.reason, state.data),
    }
    summary = f"Alarm updated from {before['value']} to {state.value}"
    return history_item(call, alarm, "StateUpdate", summary, data, now)


def history_item(
    call: Call,
    alarm: Record,
    kind: str,
    summary: str,
    data: Mapping[str, Any],
    now: datetime,
) -> Create:
    """Return the write that notes something of an alarm."""
    return Create(
        scope=history_scope(call),
        name=f"{int(now.timestamp() * 1000):015d}-{uuid.uuid4().hex}",
        document={
            "AlarmName": alarm.name,
            "AlarmType": alarm.document["type"],
            "Timestamp": now,
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": compact(data),
        },
        indexes={"alarm": alarm.name},
    )


def as_alarm(call: Call, alarm: Record) -> Any:
    """Return an alarm as CloudWatch shows it, of either type."""
    document = alarm.document
    state = document["state"]
    shown: Any = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        **document["settings"],
        "AlarmName": alarm.name,
        "AlarmArn": alarm_arn(call, alarm.name),
        "AlarmConfigurationUpdatedTimestamp": document["configured_at"],
        "StateValue": state["value"],
        "StateReason": state["reason"],
        "StateUpdatedTimestamp": state["updated_at"],
        "StateTransitionedTimestamp": state["changed_at"],
    }
    if state["data"]:
        shown["StateReasonData"] = state["data"]
    if document["type"] == METRIC_ALARM:
        shown.setdefault("Dimensions", [])
    return shown


def unknown_alarm(name: str) -> shapes.ResourceNotFound:
    """Return the error for an alarm that is not there."""
    return shapes.ResourceNotFound(f"Could not find the alarm {name}.")


def _interval(settings: Mapping[str, Any]) -> timedelta:
    if "AlarmRule" in settings:
        return timedelta(0)
    if "EvaluationInterval" in settings:
        return timedelta(seconds=settings["EvaluationInterval"])
    return SHORT_INTERVAL if period_of(settings) < 60 else INTERVAL


def _told(value: str, reason: str, data: str) -> dict[str, Any]:
    told: dict[str, Any] = {"stateValue": value, "stateReason": reason}
    if data:
        told["stateReasonData"] = read_json(data)
    return told
