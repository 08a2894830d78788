"""Experiments, trials and trial components through boto3."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    return client("sagemaker")


def arn(account: str, resource: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:{account}:{resource}"


def refused(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what differs from run to run."""
    return {
        name: item
        for name, item in answer.items()
        if name not in ("ResponseMetadata", "CreationTime", "LastModifiedTime")
    }


@pytest.fixture
def tree(sagemaker: Any) -> None:
    """An experiment with two trials; `a` and `b` are in the first, `b` is in the second, too."""
    sagemaker.create_experiment(ExperimentName="Churn", Tags=[{"Key": "team", "Value": "red"}])
    for trial in ("first", "second"):
        sagemaker.create_trial(TrialName=trial, ExperimentName="Churn")
    for component in ("a", "b", "alone"):
        sagemaker.create_trial_component(TrialComponentName=component)
    for trial, component in (("first", "a"), ("first", "b"), ("second", "b")):
        sagemaker.associate_trial_component(TrialName=trial, TrialComponentName=component)


def test_an_experiment_is_told_with_its_changes(sagemaker: Any, account: str) -> None:
    made = sagemaker.create_experiment(ExperimentName="Churn", Description="who leaves")
    before = sagemaker.describe_experiment(ExperimentName="Churn")
    sagemaker.update_experiment(ExperimentName="Churn", DisplayName="Churn-2026")
    after = sagemaker.describe_experiment(ExperimentName="Churn")

    assert made["ExperimentArn"] == arn(account, "experiment/churn")
    assert told(before) == {
        "ExperimentName": "Churn",
        "ExperimentArn": arn(account, "experiment/churn"),
        "DisplayName": "Churn",
        "Description": "who leaves",
        "CreatedBy": {},
        "LastModifiedBy": {},
    }
    assert told(after) == {**told(before), "DisplayName": "Churn-2026"}
    assert after["LastModifiedTime"] >= before["LastModifiedTime"]


def test_a_name_is_taken_once(sagemaker: Any) -> None:
    sagemaker.create_experiment(ExperimentName="Churn")

    with pytest.raises(ClientError) as caught:
        sagemaker.create_experiment(ExperimentName="Churn")

    assert refused(caught) == (
        "ValidationException",
        "Experiment names must be unique within an AWS account and region."
        " Experiment with name (Churn) already exists.",
    )


def test_what_is_not_there_is_not_found(sagemaker: Any) -> None:
    for operation, request, message in (
        ("describe_experiment", {"ExperimentName": "no"}, "Experiment 'no' does not exist."),
        ("describe_trial", {"TrialName": "no"}, "Trial 'no' does not exist."),
        (
            "describe_trial_component",
            {"TrialComponentName": "no"},
            "Trial component 'no' does not exist.",
        ),
        (
            "create_trial",
            {"TrialName": "first", "ExperimentName": "no"},
            "Experiment 'no' does not exist.",
        ),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(sagemaker, operation)(**request)

        assert refused(caught) == ("ResourceNotFound", message)


@pytest.mark.usefixtures("tree")
def test_lists_know_who_belongs_to_whom(sagemaker: Any) -> None:
    def trials(**request: Any) -> list[str]:
        return [one["TrialName"] for one in sagemaker.list_trials(**request)["TrialSummaries"]]

    def components(**request: Any) -> list[str]:
        answer = sagemaker.list_trial_components(SortBy="Name", SortOrder="Ascending", **request)
        return [one["TrialComponentName"] for one in answer["TrialComponentSummaries"]]

    assert trials(ExperimentName="Churn") == ["second", "first"]
    assert trials(TrialComponentName="a") == ["first"]
    assert trials(TrialComponentName="b", SortBy="Name") == ["second", "first"]
    assert components() == ["a", "alone", "b"]
    assert components(TrialName="second") == ["b"]
    assert components(ExperimentName="Churn") == ["a", "b"]


@pytest.mark.usefixtures("tree")
def test_what_is_part_of_something_stays(sagemaker: Any) -> None:
    for operation, request, word in (
        ("delete_experiment", {"ExperimentName": "Churn"}, "has trials"),
        ("delete_trial", {"TrialName": "first"}, "has trial components"),
        ("delete_trial_component", {"TrialComponentName": "a"}, "belongs to trials"),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(sagemaker, operation)(**request)

        assert refused(caught)[0] == "ValidationException"
        assert word in refused(caught)[1]


@pytest.mark.usefixtures("tree")
def test_a_tree_is_taken_down_from_its_leaves(sagemaker: Any) -> None:
    for trial, component in (("first", "a"), ("first", "b"), ("second", "b")):
        sagemaker.disassociate_trial_component(TrialName=trial, TrialComponentName=component)
    for component in ("a", "b", "alone"):
        sagemaker.delete_trial_component(TrialComponentName=component)
    for trial in ("first", "second"):
        sagemaker.delete_trial(TrialName=trial)
    sagemaker.delete_experiment(ExperimentName="Churn")

    assert sagemaker.list_experiments()["ExperimentSummaries"] == []
    assert sagemaker.list_trials()["TrialSummaries"] == []
    assert sagemaker.list_trial_components()["TrialComponentSummaries"] == []


def test_a_components_maps_grow_and_lose_keys(sagemaker: Any) -> None:
    sagemaker.create_trial_component(
        TrialComponentName="run",
        Parameters={"rate": {"NumberValue": 0.1}, "kind": {"StringValue": "tree"}},
        InputArtifacts={"data": {"Value": "s3://bucket/data", "MediaType": "text/csv"}},
    )

    sagemaker.update_trial_component(
        TrialComponentName="run",
        Status={"PrimaryStatus": "Completed", "Message": "done"},
        Parameters={"depth": {"NumberValue": 3.0}},
        ParametersToRemove=["kind"],
        InputArtifactsToRemove=["data"],
        OutputArtifacts={"model": {"Value": "s3://bucket/model"}},
        EndTime=NOW,
    )

    run = sagemaker.describe_trial_component(TrialComponentName="run")
    assert run["Parameters"] == {"rate": {"NumberValue": 0.1}, "depth": {"NumberValue": 3.0}}
    assert run["InputArtifacts"] == {}
    assert run["OutputArtifacts"] == {"model": {"Value": "s3://bucket/model"}}
    assert run["Status"] == {"PrimaryStatus": "Completed", "Message": "done"}
    assert run["EndTime"] == NOW


def test_tags_of_an_experiment_are_found_by_its_arn(sagemaker: Any) -> None:
    made = sagemaker.create_experiment(
        ExperimentName="Churn", Tags=[{"Key": "team", "Value": "red"}]
    )

    sagemaker.add_tags(ResourceArn=made["ExperimentArn"], Tags=[{"Key": "stage", "Value": "test"}])

    assert sagemaker.list_tags(ResourceArn=made["ExperimentArn"])["Tags"] == [
        {"Key": "stage", "Value": "test"},
        {"Key": "team", "Value": "red"},
    ]


def test_metrics_are_summed_up_and_told_by_step(client: Clients, account: str) -> None:
    sagemaker, metrics = client("sagemaker"), client("sagemaker-metrics")
    sagemaker.create_trial_component(TrialComponentName="run")
    losses = (4.0, 2.0, 1.0, 1.0)
    start = NOW - timedelta(minutes=10)

    answer = metrics.batch_put_metrics(
        TrialComponentName="run",
        MetricData=[
            {
                "MetricName": "loss",
                "Value": loss,
                "Step": step,
                "Timestamp": start + timedelta(seconds=step),
            }
            for step, loss in enumerate(losses)
        ],
    )

    resource = arn(account, "experiment-trial-component/run")
    assert "Errors" not in answer
    assert sagemaker.describe_trial_component(TrialComponentName="run")["Metrics"] == [
        {
            "MetricName": "loss",
            "SourceArn": resource,
            "TimeStamp": start + timedelta(seconds=3),
            "Max": 4.0,
            "Min": 1.0,
            "Last": 1.0,
            "Count": 4,
            "Avg": 2.0,
            "StdDev": pytest.approx(1.5**0.5),
        }
    ]
    (by_step,) = metrics.batch_get_metrics(
        MetricQueries=[
            {
                "MetricName": "loss",
                "ResourceArn": resource,
                "MetricStat": "Last",
                "Period": "IterationNumber",
                "XAxisType": "IterationNumber",
                "Start": 1,
            }
        ]
    )["MetricQueryResults"]
    assert by_step == {
        "Status": "Complete",
        "XAxisValues": [1, 2, 3],
        "MetricValues": [2.0, 1.0, 1.0],
    }


def test_data_that_cannot_be_kept_are_named(client: Clients) -> None:
    metrics = client("sagemaker-metrics")
    client("sagemaker").create_trial_component(TrialComponentName="run")
    old = {"MetricName": "loss", "Value": 1.0, "Timestamp": NOW - timedelta(days=30)}
    new = {"MetricName": "loss", "Value": 1.0, "Timestamp": NOW}

    late = metrics.batch_put_metrics(TrialComponentName="run", MetricData=[new, old])
    nobody = metrics.batch_put_metrics(TrialComponentName="nobody", MetricData=[new])

    assert late["Errors"] == [{"Code": "VALIDATION_ERROR", "MetricIndex": 1}]
    assert nobody["Errors"] == [{"Code": "VALIDATION_ERROR", "MetricIndex": 0}]


def test_metrics_go_with_their_component(client: Clients) -> None:
    sagemaker, metrics = client("sagemaker"), client("sagemaker-metrics")
    datum = {"MetricName": "loss", "Value": 1.0, "Timestamp": NOW}
    sagemaker.create_trial_component(TrialComponentName="run")
    metrics.batch_put_metrics(TrialComponentName="run", MetricData=[datum])

    sagemaker.delete_trial_component(TrialComponentName="run")
    sagemaker.create_trial_component(TrialComponentName="run")

    assert sagemaker.describe_trial_component(TrialComponentName="run")["Metrics"] == []
