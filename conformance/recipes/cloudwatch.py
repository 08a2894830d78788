"""Metrics of the last hour, alarms, a dashboard."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

MINUTE_SECONDS = 60
METRIC = {"Namespace": "App", "MetricName": "Latency"}


def values(account: str) -> Mapping[str, Any]:
    """Return names, numbers, and moments of now: older numbers are refused."""
    now = datetime.now(UTC).replace(microsecond=0)
    topic = [f"arn:aws:sns:us-east-1:{account}:topic"]
    dimensions = [{"Name": "Host", "Value": "a"}]
    widget = {
        "type": "metric",
        "width": 6,
        "height": 6,
        "properties": {"metrics": [["App", "Latency"]], "region": "us-east-1"},
    }
    stat = {"Metric": METRIC, "Period": MINUTE_SECONDS, "Stat": "Average"}
    return {
        "AlarmActions": topic,
        "AlarmName": "alarm",
        "PutCompositeAlarm.AlarmName": "composite",
        "AlarmNames": ["alarm"],
        "AlarmRule": 'ALARM("alarm")',
        "ComparisonOperator": "GreaterThanThreshold",
        "DashboardBody": json.dumps({"widgets": [widget]}),
        "DashboardName": "dashboard",
        "DashboardNames": ["dashboard"],
        "DatapointsToAlarm": 1,
        "Dimensions": dimensions,
        "ListMetrics.Dimensions": dimensions,
        "EndDate": now,
        "EndTime": now + timedelta(minutes=1),
        "EvaluationPeriods": 2,
        "ExtendedStatistic": "p90",
        "ExtendedStatistics": ["p90"],
        "InsufficientDataActions": topic,
        "LabelOptions": {"Timezone": "+0100"},
        "MetricData": [{"MetricName": "Latency", "Value": 1.5, "Timestamp": now}],
        "MetricDataQueries": [{"Id": "m1", "MetricStat": stat}],
        "MetricName": "Latency",
        "Namespace": "App",
        "OKActions": topic,
        "OwningAccount": account,
        "Period": MINUTE_SECONDS,
        "RecentlyActive": "PT3H",
        "ResourceARN": f"arn:aws:cloudwatch:us-east-1:{account}:alarm:alarm",
        "StartDate": now - timedelta(hours=1),
        "StartTime": now - timedelta(hours=1),
        "StateReasonData": "{}",
        "Statistic": "Average",
        "Statistics": ["Average", "Maximum"],
        "TagKeys": ["team"],
        "Tags": [{"Key": "team", "Value": "blue"}],
        "Threshold": 1.0,
        "TreatMissingData": "missing",
        "Unit": "None",
    }


NEEDED = {
    "GetMetricStatistics": ("Statistics",),
    "PutMetricAlarm": (
        "MetricName",
        "Namespace",
        "Statistic",
        "Period",
        "EvaluationPeriods",
        "Threshold",
        "ComparisonOperator",
    ),
    "PutMetricData": ("MetricData",),
}

RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers={
            "AlarmName": Maker("PutMetricAlarm"),
            "AlarmNames": Maker("PutMetricAlarm"),
            "PutCompositeAlarm.AlarmName": Maker("PutMetricAlarm"),
            "DashboardName": Maker("PutDashboard"),
            "DashboardNames": Maker("PutDashboard"),
            "ResourceARN": Maker("PutMetricAlarm"),
        },
        before={
            "DescribeAlarmHistory": ("SetAlarmState",),
            "DescribeAlarms": ("PutMetricAlarm", "TagResource"),
            "DescribeAlarmsForMetric": ("PutMetricAlarm",),
            "GetMetricData": ("PutMetricData",),
            "GetMetricStatistics": ("PutMetricData",),
            "ListDashboards": ("PutDashboard",),
            "ListMetrics": ("PutMetricData",),
            "ListTagsForResource": ("TagResource",),
            "UntagResource": ("TagResource",),
        },
        needed=NEEDED,
    ),
    needed=NEEDED,
    errors={"ResourceNotFound": 404},  # of a dashboard, as the documentation says
    without={
        "": ("NextToken", "EntityMetricData"),
        "DescribeAlarms": ("AlarmNamePrefix", "ChildrenOfAlarmName", "ParentsOfAlarmName"),
        "DescribeAlarmsForMetric": ("ExtendedStatistic",),
        "PutMetricAlarm": (
            "EvaluateLowSampleCountPercentile",
            "EvaluationCriteria",
            "EvaluationInterval",
            "EvaluationWindow",
            "ExtendedStatistic",
            "Metrics",
            "ThresholdMetricId",
            "WarmUpConfiguration",
        ),
    },
)
