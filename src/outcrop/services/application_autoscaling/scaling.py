"""Targets that are scaled: their alarms are looked at, and their capacity follows.

What is done is noted before it is done, so that a server that starts anew knows of it.

Source:
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.application_autoscaling import activities, capacities
from outcrop.services.application_autoscaling.adjustments import (
    Wish,
    decided,
    stepped,
    tracked,
)
from outcrop.services.application_autoscaling.capacities import Capacity
from outcrop.services.application_autoscaling.places import (
    POLICY,
    SEPARATOR,
    TARGET,
    scope,
)
from outcrop.services.application_autoscaling.scaling_policies import arn_of
from outcrop.storage.records.interface import Document, Record, Scope

LOOK_SECONDS = 3.0
COOLDOWN_SECONDS = 300
"""Where a policy says nothing, for SageMaker.

Source:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
"""
AFTER_FAILURE_SECONDS = 60
TRACKING, STEPS = "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"


def wake(backends: Backends, place: Scope, target: str) -> None:
    """Look after a target from now on."""
    backends.background.wake(
        f"application-autoscaling/{place.account}/{place.region}/{target}",
        partial(_look_after, backends, place, target),
    )


async def resume(backends: Backends) -> None:
    """Look after all targets again."""
    for place in await backends.records.scopes(service="application-autoscaling", kind=TARGET):
        async for target in every(backends.records, place):
            wake(backends, place, target.name)


async def _look_after(backends: Backends, place: Scope, name: str) -> None:
    call = call_without_request(
        backends,
        service="application-autoscaling",
        operation="PutScalingPolicy",
        account=place.account,
        region=place.region,
    )
    while True:
        target = await backends.records.find(place, name)
        if target is None or target.document["ScalableDimension"] not in capacities.UNITS:
            return
        await _look(call, target)
        await asyncio.sleep(LOOK_SECONDS)


async def _look(call: Call, record: Record) -> None:
    target = record.document
    capacity = await capacities.current(call, target)
    done = await activities.latest(call, target)
    if done and done[0].document["StatusCode"] == "InProgress":
        if capacity is None:
            await activities.end(call, done[0], failure="There is nothing to scale any more.")
        elif capacity.is_settled:
            as_wanted = capacity.count == done[0].document["wanted"]
            failure = None if as_wanted else capacity.failure or "It was not changed."
            await activities.end(call, done[0], failure=failure)
        return
    if capacity is None or not capacity.is_settled:
        return
    wish = await _wish(call, record, capacity, [one.document for one in done])
    if wish is not None:
        await _fulfil(call, target, capacity, wish)


async def _fulfil(call: Call, target: Document, capacity: Capacity, wish: Wish) -> None:
    activity = await activities.begin(
        call,
        target,
        counts=(capacity.count, wish.count),
        policy=wish.policy,
        cause=wish.cause,
    )
    try:
        await capacities.change(call, target, wish.count)
    except ServiceError as error:
        await activities.end(call, activity, failure=error.message)


async def _wish(
    call: Call, record: Record, capacity: Capacity, done: Sequence[Document]
) -> Wish | None:
    """Return what a target's capacity is to be; `None`: what it is."""
    target = record.document
    least, most = target["MinCapacity"], target["MaxCapacity"]
    if done and done[0]["StatusCode"] == "Failed":
        since = (call.backends.now() - done[0]["EndTime"]).total_seconds()
        if since < AFTER_FAILURE_SECONDS:
            return None
    if capacity.count < least:
        return Wish(count=least, cause=f"minimum capacity was set to {least}")
    if capacity.count > most:
        return Wish(count=most, cause=f"maximum capacity was set to {most}")
    wishes: list[Wish] = []
    keeps = False
    prefix = f"{record.name}{SEPARATOR}"
    async for policy in every(call.backends.records, scope(call, POLICY), prefix=prefix):
        wish = await _wish_of(call, policy.document, capacity, done)
        if wish is not None:
            count = max(least, min(most, wish.count))
            wishes.append(Wish(count=count, cause=wish.cause, policy=wish.policy))
        elif _may_take_away(policy.document):
            keeps = True
    return decided(wishes, capacity.count, target["SuspendedState"], keeps=keeps)


def _may_take_away(policy: Document) -> bool:
    return TRACKING in policy and not policy[TRACKING].get("DisableScaleIn", False)


async def _wish_of(
    call: Call, policy: Document, capacity: Capacity, done: Sequence[Document]
) -> Wish | None:
    """Return what a policy wants, if one of its alarms is raised and it need not wait."""
    for alarm in await _raised(call, policy):
        count = capacity.count
        wanted = _wanted(policy, alarm, count)
        last = next((one for one in done if _is_like(one, policy, wanted - count)), None)
        if last is not None and _is_too_soon(call, policy, alarm, last):
            # What the last change has added counts as part of what is to be added.
            wanted = _wanted(policy, alarm, last["before"])
            if last["wanted"] < last["before"] or wanted <= count:
                continue
        if wanted != count:
            name = policy["PolicyName"]
            cause = f"monitor alarm {alarm['AlarmName']} in state ALARM triggered policy {name}"
            return Wish(count=wanted, cause=cause, policy=name)
    return None


async def _raised(call: Call, policy: Document) -> Sequence[Mapping[str, Any]]:
    """Return the alarms that call for a policy."""
    if TRACKING in policy:
        names = [alarm["AlarmName"] for alarm in policy["alarms"]]
        chosen: dict[str, Any] = {"AlarmNames": names}
        if not names:
            return []
    else:
        chosen = {"ActionPrefix": arn_of(call, policy)}
    found = await call.ask("cloudwatch", "DescribeAlarms", StateValue="ALARM", **chosen)
    return [alarm for alarm in found["MetricAlarms"] if alarm.get("ActionsEnabled", True)]


def _wanted(policy: Document, alarm: Mapping[str, Any], count: int) -> int:
    value = _value(alarm)
    threshold = alarm.get("Threshold", 0.0)
    if TRACKING in policy:
        rises = alarm["ComparisonOperator"].startswith("Greater")
        return tracked(count, value, policy[TRACKING]["TargetValue"], rises=rises)
    return stepped(count, value, threshold, policy.get(STEPS, {}))


def _value(alarm: Mapping[str, Any]) -> float | None:
    """Return what an alarm has seen last; `None` if somebody has set its state."""
    try:
        values = read_json(alarm.get("StateReasonData", "{}")).get("recentDatapoints", [])
        return float(values[-1])
    except (ValueError, IndexError, AttributeError, TypeError):
        return None


def _is_like(activity: Document, policy: Document, change: int) -> bool:
    """Tell whether an activity was of a policy, and in this direction."""
    was = activity["wanted"] - activity["before"]
    return activity["policy"] == policy["PolicyName"] and was * change > 0


def _is_too_soon(call: Call, policy: Document, alarm: Mapping[str, Any], last: Document) -> bool:
    since = (call.backends.now() - last["EndTime"]).total_seconds()
    adds = last["wanted"] > last["before"]
    if TRACKING in policy:
        name = "ScaleOutCooldown" if adds else "ScaleInCooldown"
        cooldown = policy[TRACKING].get(name, COOLDOWN_SECONDS)
    else:
        cooldown = policy.get(STEPS, {}).get("Cooldown", COOLDOWN_SECONDS)
    if since < cooldown:
        return True
    # The same data must not count twice.
    is_news = alarm["StateUpdatedTimestamp"] > last["EndTime"]
    return not is_news and since < alarm.get("Period", 60)
