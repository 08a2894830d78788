"""The rules of Inference Recommender: the traffic of a load test, and when it has seen enough."""

import pytest

from outcrop.services.sagemaker.recommending.candidates import candidates_of
from outcrop.services.sagemaker.recommending.errors import RecommendingFailedError
from outcrop.services.sagemaker.recommending.measures import Conditions, Seen, metrics
from outcrop.services.sagemaker.recommending.traffic import Stretch, stretches


def seen(users: int, count: int, latency: float = 0.1) -> Seen:
    """Return a minute in which so many requests were answered, all of them in this time."""
    return Seen(users=users, seconds=60.0, latencies=[latency] * count, errors=0)


def test_stairs_add_users_step_by_step() -> None:
    stairs = {"DurationInSeconds": 5, "NumberOfSteps": 3, "UsersPerStep": 2}

    assert list(stretches({"TrafficType": "STAIRS", "Stairs": stairs})) == [
        Stretch(2, 5),
        Stretch(4, 5),
        Stretch(6, 5),
    ]


def test_users_join_a_phase_in_equal_intervals() -> None:
    phases = [
        {"InitialNumberOfUsers": 1, "SpawnRate": 20, "DurationInSeconds": 7},
        {"InitialNumberOfUsers": 2, "SpawnRate": 0, "DurationInSeconds": 4},
    ]

    assert list(stretches({"TrafficType": "PHASES", "Phases": phases})) == [
        Stretch(1, 3.0),
        Stretch(2, 3.0),
        Stretch(3, 1.0),
        Stretch(2, 4.0),
    ]


def test_a_long_time_is_measured_in_parts() -> None:
    phases = [{"InitialNumberOfUsers": 1, "DurationInSeconds": 12}]

    assert [one.seconds for one in stretches({"Phases": phases})] == [5.0, 5.0, 2.0]


def test_a_test_ends_when_more_users_add_nothing() -> None:
    conditions = Conditions.of({})

    assert not conditions.are_met([seen(1, 100), seen(2, 180)])
    assert conditions.are_met([seen(1, 100), seen(2, 103)])
    assert not conditions.are_met([seen(1, 100), seen(1, 100)])
    assert not Conditions.of({"FlatInvocations": "Continue"}).are_met([seen(1, 9), seen(2, 9)])


def test_a_test_ends_at_its_invocations_or_beyond_its_latency() -> None:
    threshold = {"Percentile": "P99", "ValueInMilliseconds": 200}

    assert Conditions.of({"MaxInvocations": 90}).are_met([seen(1, 90)])
    assert not Conditions.of({"MaxInvocations": 91}).are_met([seen(1, 90)])
    conditions = Conditions.of({"ModelLatencyThresholds": [threshold]})
    assert not conditions.are_met([seen(1, 90)])
    assert conditions.are_met([seen(1, 90), seen(2, 100, latency=0.3)])
    assert conditions.best([seen(1, 90), seen(2, 100, latency=0.3)]) == seen(1, 90)
    with pytest.raises(RecommendingFailedError, match="P99"):
        conditions.best([seen(2, 100, latency=0.3)])


def test_metrics_tell_the_percentile_in_microseconds() -> None:
    one = Seen(
        users=1,
        seconds=30.0,
        latencies=[0.001 * number for number in range(1, 101)],
        errors=0,
        processor_percent=12.345,
        memory_percent=50.0,
    )

    assert metrics(one, "P95") == {
        "MaxInvocations": 200,
        "ModelLatency": 95_000,
        "CpuUtilization": 12.35,
        "MemoryUtilization": 50.0,
    }


def test_candidates_are_all_combinations_as_far_as_the_limit_goes() -> None:
    ranges = [{"Name": "A", "Value": ["1", "2"]}, {"Name": "B", "Value": ["x", "y"]}]
    configuration = {
        "InstanceType": "ml.c5.large",
        "EnvironmentParameterRanges": {"CategoricalParameterRanges": ranges},
    }
    given = {"EndpointConfigurations": [configuration], "ResourceLimit": {"MaxNumberOfTests": 3}}

    assert [one["environment"] for one in candidates_of(given, [])] == [
        {"A": "1", "B": "x"},
        {"A": "1", "B": "y"},
        {"A": "2", "B": "x"},
    ]
    types = [one["InstanceType"] for one in candidates_of({}, ["ml.m5.large", "ml.c5.large"])]
    assert types == ["ml.m5.large", "ml.c5.large"]
