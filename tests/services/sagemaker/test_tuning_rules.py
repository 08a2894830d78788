"""The rules of tuning jobs: scales, the median, and Hyperband's rungs."""

import pytest

from outcrop.services.sagemaker.tuning.ranges import NumberRange, range_of_hint, read_ranges
from outcrop.services.sagemaker.tuning.stopping import Hyperband, is_below_median


@pytest.mark.parametrize(
    ("scale", "middle"),
    [("Linear", 0.5), ("Logarithmic", 0.1), ("ReverseLogarithmic", 0.9)],
)
def test_the_middle_of_a_range_is_that_of_its_scale(scale: str, middle: float) -> None:
    ends = {"Linear": ("0", "1"), "Logarithmic": ("0.01", "1"), "ReverseLogarithmic": ("0", "0.99")}
    low, high = ends[scale]
    given = {"Name": "rate", "MinValue": low, "MaxValue": high, "ScalingType": scale}

    (found,) = read_ranges({"ContinuousParameterRanges": [given]})

    assert isinstance(found, NumberRange)
    assert float(found.value(0.5)) == pytest.approx(middle)
    assert found.place(found.value(0.3)) == pytest.approx(0.3)
    assert [float(found.value(place)) for place in (0.0, 1.0)] == pytest.approx(
        [float(low), float(high)]
    )


def test_every_integer_has_as_much_room() -> None:
    (found,) = read_ranges(
        {"IntegerParameterRanges": [{"Name": "n", "MinValue": "1", "MaxValue": "4"}]}
    )

    assert isinstance(found, NumberRange)
    values = [found.value((place + 0.5) / 100) for place in range(100)]
    assert {value: values.count(value) for value in values} == {"1": 25, "2": 25, "3": 25, "4": 25}


@pytest.mark.parametrize(
    ("hint", "low", "high"), [("100", 10, 1000), ("0.5", 0.05, 1.0), ("-2", -20, -0.2)]
)
def test_a_hint_is_within_its_range(hint: str, low: float, high: float) -> None:
    found = range_of_hint("n", hint)

    assert isinstance(found, NumberRange)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_hint_that_is_no_number_has_no_range() -> None:
    assert range_of_hint("n", "adam") is None


def test_a_value_is_compared_with_the_median_of_earlier_averages() -> None:
    earlier = [[1.0, 3.0, 9.0], [2.0, 4.0], [9.0]]  # Up to the second epoch: 2 and 3.

    assert is_below_median([5.0, 2.4], earlier)
    assert not is_below_median([0.0, 2.5], earlier)
    assert not is_below_median([], earlier)
    assert not is_below_median([0.0], [])


def test_hyperband_has_more_jobs_in_brackets_that_halve_earlier() -> None:
    hyperband = Hyperband(1, 9)

    assert [hyperband.bracket(number) for number in range(1, 19)] == [0] * 9 + [1] * 5 + [2] * 3 + [
        0
    ]


def test_the_best_third_goes_on_at_each_rung() -> None:
    hyperband = Hyperband(1, 9)
    others = [[0.2], [0.4], [0.6], [0.8], [0.9]]

    assert hyperband.is_halved([0.7], others, bracket=0)
    assert not hyperband.is_halved([0.85], others, bracket=0)
    assert not hyperband.is_halved([0.1, 0.1], others, bracket=1)  # Its first rung is the third.
    assert not hyperband.is_halved([0.1], others[:1], bracket=0)  # There are too few to tell.
    assert hyperband.is_over([0.0] * 9)
    assert not hyperband.is_over([0.0] * 8)
