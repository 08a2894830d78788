"""Alarms, their states and their history."""

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.direct import Direct, error_of

SETTINGS = {
    "AlarmName": "slow",
    "Namespace": "N",
    "MetricName": "latency",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 2,
    "Threshold": 100.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_an_alarm_is_described_as_it_was_put(cloudwatch: Any, account: str) -> None:
    cloudwatch.put_metric_alarm(
        **SETTINGS, AlarmDescription="d", AlarmActions=["arn:aws:sns:x:y:z"]
    )

    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]

    moments = [alarm.pop(name) for name in list(alarm) if name.endswith("Timestamp")]
    assert len(moments) == 3
    assert alarm == {
        **SETTINGS,
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:{account}:alarm:slow",
        "AlarmDescription": "d",
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": ["arn:aws:sns:x:y:z"],
        "InsufficientDataActions": [],
        "Dimensions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
    }


def test_a_state_that_is_set_is_told_in_the_history(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SETTINGS)

    cloudwatch.set_alarm_state(AlarmName="slow", StateValue="ALARM", StateReason="testing")

    [alarm] = cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
    items = cloudwatch.describe_alarm_history(AlarmName="slow")["AlarmHistoryItems"]
    assert alarm["StateReason"] == "testing"
    assert [(each["HistoryItemType"], each["HistorySummary"]) for each in items] == [
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        ("ConfigurationUpdate", 'Alarm "slow" created'),
    ]
    assert items[0]["HistoryData"].endswith(
        '"newState":{"stateValue":"ALARM","stateReason":"testing"}}'
    )


def test_alarms_are_found_by_name_prefix_action_and_metric(cloudwatch: Any) -> None:
    for name in ("b1", "a2", "a1"):
        actions = ["arn:aws:sns:1:2:3"] if name == "b1" else []
        cloudwatch.put_metric_alarm(**{**SETTINGS, "AlarmName": name}, AlarmActions=actions)

    def names(answer: dict[str, Any]) -> list[str]:
        return [alarm["AlarmName"] for alarm in answer["MetricAlarms"]]

    pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [names(page) for page in pages] == [["a1", "a2"], ["b1"]]
    assert names(cloudwatch.describe_alarms(AlarmNamePrefix="a")) == ["a1", "a2"]
    assert names(cloudwatch.describe_alarms(AlarmNames=["b1", "none"])) == ["b1"]
    assert names(cloudwatch.describe_alarms(ActionPrefix="arn:aws:sns")) == ["b1"]
    of_metric = cloudwatch.describe_alarms_for_metric(Namespace="N", MetricName="latency")
    other = cloudwatch.describe_alarms_for_metric(Namespace="N", MetricName="errors")
    assert (names(of_metric), names(other)) == (["a1", "a2", "b1"], [])


def test_alarms_are_deleted_all_or_none(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SETTINGS)

    refused = error_of(cloudwatch.delete_alarms, AlarmNames=["slow", "none"])
    kept = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=["slow"])

    assert refused["Code"] == "ResourceNotFound"
    assert len(kept) == 1
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_an_alarm_that_is_gone_can_be_deleted_once_more(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SETTINGS)

    for _ in range(2):
        cloudwatch.delete_alarms(AlarmNames=["slow"])

    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_an_alarm_that_a_composite_one_asks_for_stays(cloudwatch: Any) -> None:
    for name in ("a", "b", "c"):
        cloudwatch.put_metric_alarm(**{**SETTINGS, "AlarmName": name})
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a) AND ALARM(b)")

    one = error_of(cloudwatch.delete_alarms, AlarmNames=["a", "c"])
    two = error_of(cloudwatch.delete_alarms, AlarmNames=["a", "b"])
    kept = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=["a", "b", "both"])

    assert one == {
        "Code": "ValidationError",
        "Message": "Cannot delete a as there are composite alarm(s) depending on it.",
    }
    assert two["Message"] == "Cannot delete a,b as there are composite alarm(s) depending on them."
    assert len(kept) == 3
    assert [each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]] == ["c"]


def test_what_to_do_with_few_samples_is_one_of_two(cloudwatch: Any) -> None:
    percentile = {name: it for name, it in SETTINGS.items() if name != "Statistic"}

    refused = error_of(
        cloudwatch.put_metric_alarm,
        **percentile,
        ExtendedStatistic="p90",
        EvaluateLowSampleCountPercentile="guess",
    )

    assert refused == {
        "Code": "ValidationError",
        "Message": "Option guess is not supported. Supported options for parameter"
        " EvaluateLowSampleCountPercentile are evaluate and ignore.",
    }


def test_actions_are_switched(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**SETTINGS)

    cloudwatch.disable_alarm_actions(AlarmNames=["slow"])
    off = cloudwatch.describe_alarms()["MetricAlarms"][0]["ActionsEnabled"]
    cloudwatch.enable_alarm_actions(AlarmNames=["slow"])
    on = cloudwatch.describe_alarms()["MetricAlarms"][0]["ActionsEnabled"]

    assert (off, on) == (False, True)


def test_tags_of_an_alarm(cloudwatch: Any, account: str) -> None:
    cloudwatch.put_metric_alarm(**SETTINGS, Tags=[{"Key": "a", "Value": "1"}])
    arn = f"arn:aws:cloudwatch:us-east-1:{account}:alarm:slow"

    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])

    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "b", "Value": "2"}
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"DatapointsToAlarm": 3},
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods.",
        ),
        (
            {"ExtendedStatistic": "p99"},
            "Exactly one of Statistic and ExtendedStatistic must be given.",
        ),
        (
            {"Period": 86400, "EvaluationPeriods": 8},
            "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must"
            " be <= 604800).",
        ),
    ],
)
def test_settings_that_cannot_be_evaluated_are_refused(
    cloudwatch: Any, change: dict[str, Any], message: str
) -> None:
    refused = error_of(cloudwatch.put_metric_alarm, **{**SETTINGS, **change})

    assert refused == {"Code": "ValidationError", "Message": message}


def test_a_composite_alarm_follows_its_children(cloudwatch: Any) -> None:
    for name in ("a", "b"):
        cloudwatch.put_metric_alarm(**{**SETTINGS, "AlarmName": name})
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a") AND NOT OK(b)')

    def state() -> str:
        answer = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])
        return answer["CompositeAlarms"][0]["StateValue"]

    before = state()
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="x")
    during = state()
    cloudwatch.set_alarm_state(AlarmName="b", StateValue="OK", StateReason="x")

    assert (before, during, state()) == ("OK", "ALARM", "OK")
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="both")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in children] == ["a", "b"]


def test_a_composite_alarm_tells_which_child_changed_it(cloudwatch: Any, account: str) -> None:
    for name in ("a", "b"):
        cloudwatch.put_metric_alarm(**{**SETTINGS, "AlarmName": name})
    cloudwatch.put_composite_alarm(AlarmName="either", AlarmRule="ALARM(a) OR ALARM(b)")

    def told() -> tuple[str, Any]:
        [alarm] = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        return alarm["StateReason"], json.loads(alarm["StateReasonData"])["triggeringAlarms"]

    before, _ = told()
    cloudwatch.set_alarm_state(AlarmName="b", StateValue="ALARM", StateReason="x")
    after, triggers = told()

    arn = f"arn:aws:cloudwatch:us-east-1:{account}:alarm"
    assert before == f"{arn}:either was created and its alarm rule evaluates to OK"
    [child] = cloudwatch.describe_alarms(AlarmNames=["b"])["MetricAlarms"]
    moment = child["StateTransitionedTimestamp"].astimezone(UTC)
    assert after == f"{arn}:b transitioned to ALARM at {moment:%A %d %B, %Y %H:%M:%S} UTC"
    milliseconds = moment.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    assert triggers == [{"arn": f"{arn}:b", "state": {"value": "ALARM", "timestamp": milliseconds}}]


def test_a_rule_that_cannot_be_is_refused(cloudwatch: Any) -> None:
    broken = error_of(cloudwatch.put_composite_alarm, AlarmName="c", AlarmRule="ALARM(")
    unknown = error_of(cloudwatch.put_composite_alarm, AlarmName="c", AlarmRule="ALARM(none)")

    assert broken["Code"] == "ValidationError"
    assert unknown == {
        "Code": "ValidationError",
        "Message": "AlarmRule must not contain alarms that do not exist: none",
    }


async def measure(direct: Direct, *values: float) -> None:
    """Put one value for each of the latest full minutes, the oldest first."""
    start = direct.now.replace(second=0, microsecond=0)
    for age, value in enumerate(reversed(values), start=1):
        datum = {
            "MetricName": "latency",
            "Timestamp": start - timedelta(minutes=age),
            "Value": value,
        }
        await direct.ask("cloudwatch", "PutMetricData", Namespace="N", MetricData=[datum])


async def state(direct: Direct) -> tuple[str, str]:
    answer = await direct.ask("cloudwatch", "DescribeAlarms")
    [alarm] = answer["MetricAlarms"]
    return alarm["StateValue"], alarm["StateReason"]


@pytest.mark.anyio
async def test_data_put_an_alarm_into_its_state(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await direct.ask("cloudwatch", "PutMetricAlarm", **SETTINGS)
        direct.later(minutes=5)
        await measure(direct, 150.0, 200.0)
        alarm = await state(direct)
        direct.later(minutes=2)
        await measure(direct, 50.0, 70.0)
        fine = await state(direct)
        direct.later(minutes=10)
        silent = await state(direct)

        assert alarm == (
            "ALARM",
            "Threshold Crossed: 2 datapoints [200.0 (22/11/26 12:04:00), 150.0 (22/11/26 12:03:00)]"
            " were greater than the threshold (100.0).",
        )
        assert fine == (
            "OK",
            "Threshold Crossed: 2 datapoints [70.0 (22/11/26 12:06:00), 50.0 (22/11/26 12:05:00)]"
            " were not greater than the threshold (100.0).",
        )
        assert silent == (
            "INSUFFICIENT_DATA",
            "Insufficient Data: 2 datapoints were unknown.",
        )
        history = await direct.ask("cloudwatch", "DescribeAlarmHistory", AlarmName="slow")
        assert [item["HistorySummary"] for item in history["AlarmHistoryItems"]] == [
            "Alarm updated from OK to INSUFFICIENT_DATA",
            "Alarm updated from ALARM to OK",
            "Alarm updated from INSUFFICIENT_DATA to ALARM",
            'Alarm "slow" created',
        ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        (
            "breaching",
            (
                "ALARM",
                "Threshold Crossed: no datapoints were received for 2 periods and 2 missing"
                " datapoints were treated as [Breaching].",
            ),
        ),
        (
            "notBreaching",
            (
                "OK",
                "Threshold Crossed: no datapoints were received for 2 periods and 2 missing"
                " datapoints were treated as [NonBreaching].",
            ),
        ),
        ("ignore", ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")),
    ],
)
async def test_missing_data_are_treated_as_asked(
    tmp_path: Path, treatment: str, expected: tuple[str, str]
) -> None:
    async with Direct.on(tmp_path) as direct:
        await direct.ask("cloudwatch", "PutMetricAlarm", **SETTINGS, TreatMissingData=treatment)
        direct.later(minutes=5)

        assert await state(direct) == expected


@pytest.mark.anyio
async def test_m_out_of_n_periods_suffice(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        settings = {**SETTINGS, "EvaluationPeriods": 3, "DatapointsToAlarm": 2}
        await direct.ask("cloudwatch", "PutMetricAlarm", **settings)
        direct.later(minutes=5)
        await measure(direct, 150.0, 10.0, 200.0)

        value, reason = await state(direct)

        assert value == "ALARM"
        assert reason.startswith("Threshold Crossed: 2 out of the last 3 datapoints [200.0 (")
        assert reason.endswith("(minimum 2 datapoints for OK -> ALARM transition).")


@pytest.mark.anyio
async def test_an_alarm_on_an_expression(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        stat = {
            "Metric": {"Namespace": "N", "MetricName": "latency"},
            "Period": 60,
            "Stat": "Average",
        }
        await direct.ask(
            "cloudwatch",
            "PutMetricAlarm",
            AlarmName="math",
            EvaluationPeriods=1,
            Threshold=100.0,
            ComparisonOperator="GreaterThanThreshold",
            Metrics=[
                {"Id": "m", "MetricStat": stat, "ReturnData": False},
                {"Id": "e", "Expression": "m * 2"},
            ],
        )
        direct.later(minutes=5)
        await measure(direct, 60.0)

        assert (await state(direct))[0] == "ALARM"


def test_dashboards_are_kept(cloudwatch: Any, account: str) -> None:
    body = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "hi"}}]})
    cloudwatch.put_dashboard(DashboardName="d1", DashboardBody=body)

    found = cloudwatch.get_dashboard(DashboardName="d1")
    [entry] = cloudwatch.list_dashboards(DashboardNamePrefix="d")["DashboardEntries"]
    broken = error_of(cloudwatch.put_dashboard, DashboardName="d2", DashboardBody="{")
    cloudwatch.delete_dashboards(DashboardNames=["d1"])
    gone = error_of(cloudwatch.get_dashboard, DashboardName="d1")

    assert found["DashboardBody"] == body
    assert found["DashboardArn"] == f"arn:aws:cloudwatch::{account}:dashboard/d1"
    assert entry["Size"] == len(body)
    assert broken == {
        "Code": "InvalidParameterInput",
        "Message": "The field DashboardBody must be a valid JSON object",
    }
    assert gone == {"Code": "ResourceNotFound", "Message": "Dashboard d1 does not exist"}
