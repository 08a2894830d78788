"""How much capacity policies want."""

import pytest

from outcrop.services.application_autoscaling.adjustments import (
    Wish,
    decided,
    stepped,
    tracked,
)


@pytest.mark.parametrize(
    ("count", "value", "rises", "wanted"),
    [
        (2, 100.0, True, 4),
        (1, 71.0, True, 2),
        (2, None, True, 3),
        (4, 25.0, False, 2),
        (4, 44.0, False, 3),
        (4, 0.0, False, 0),
        (2, None, False, 1),
    ],
)
def test_a_tracked_metric_comes_to_its_target(
    count: int, value: float | None, rises: bool, wanted: int
) -> None:
    assert tracked(count, value, 50.0, rises=rises) == wanted


UPWARDS = [
    {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3},
]
DOWNWARDS = [
    {"MetricIntervalUpperBound": 0.0, "MetricIntervalLowerBound": -10.0, "ScalingAdjustment": -1},
    {"MetricIntervalUpperBound": -10.0, "ScalingAdjustment": -2},
]


@pytest.mark.parametrize(
    ("steps", "value", "wanted"),
    [
        (UPWARDS, 50.0, 5),
        (UPWARDS, 59.9, 5),
        (UPWARDS, 60.0, 7),
        (UPWARDS, None, 5),
        (UPWARDS, 40.0, 4),
        (DOWNWARDS, 50.0, 3),
        (DOWNWARDS, 40.1, 3),
        (DOWNWARDS, 40.0, 2),
        (DOWNWARDS, None, 3),
    ],
)
def test_the_step_counts_in_which_the_breach_lies(
    steps: list[dict[str, float]], value: float | None, wanted: int
) -> None:
    configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}

    assert stepped(4, value, 50.0, configuration) == wanted


@pytest.mark.parametrize(
    ("kind", "adjustment", "least", "wanted"),
    [
        ("ExactCapacity", 7, 0, 7),
        ("PercentChangeInCapacity", 50, 0, 6),
        ("PercentChangeInCapacity", 40, 0, 5),
        ("PercentChangeInCapacity", 10, 0, 5),
        ("PercentChangeInCapacity", 10, 3, 7),
        ("PercentChangeInCapacity", -10, 0, 3),
        ("PercentChangeInCapacity", -40, 0, 3),
        ("PercentChangeInCapacity", -10, 2, 2),
        ("PercentChangeInCapacity", 0, 2, 4),
    ],
)
def test_steps_are_numbers_or_parts(kind: str, adjustment: int, least: int, wanted: int) -> None:
    configuration = {
        "AdjustmentType": kind,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": adjustment}],
        "MinAdjustmentMagnitude": least,
    }

    assert stepped(4, 51.0, 50.0, configuration) == wanted


MORE, LESS = (Wish(count=count, cause="an alarm") for count in (6, 3))


@pytest.mark.parametrize(
    ("wishes", "suspended", "keeps", "wanted"),
    [
        ([LESS, MORE], {}, False, MORE),
        ([LESS], {}, False, LESS),
        ([LESS], {}, True, None),
        ([MORE], {}, True, MORE),
        ([MORE], {"DynamicScalingOutSuspended": True}, False, None),
        ([MORE], {"DynamicScalingInSuspended": True}, False, MORE),
        ([LESS], {"DynamicScalingInSuspended": True}, False, None),
        ([], {}, False, None),
    ],
)
def test_the_greatest_wish_counts_and_all_must_agree_to_less(
    wishes: list[Wish], suspended: dict[str, bool], keeps: bool, wanted: Wish | None
) -> None:
    assert decided(wishes, 4, suspended, keeps=keeps) == wanted
