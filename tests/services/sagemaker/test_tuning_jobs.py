"""Tuning jobs through boto3: what they try, what they stop, how they end, what they tell."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.test_training_jobs import IMAGE, packed_script

LONGEST_SECONDS = 300
SCRIPT = """
import argparse, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
parser = argparse.ArgumentParser()
parser.add_argument("-x", "--x", type=float, default=0)
parser.add_argument("--kind", default="a")
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--slow", type=float, default=0)
given, _ = parser.parse_known_args()
for epoch in range(given.epochs):
    print(f"score={(epoch + 1) * given.x};", flush=True)
    time.sleep(given.slow)
if given.kind == "broken":
    raise SystemExit("broken")
"""
METRICS = [{"Name": "score", "Regex": "score=([-0-9.e]+);"}]
MAXIMIZE = {"Type": "Maximize", "MetricName": "score"}
ENDED = ("Completed", "Failed", "Stopped")


def continuous(name: str = "x", low: str = "0", high: str = "1", **more: str) -> dict[str, Any]:
    return {"Name": name, "MinValue": low, "MaxValue": high, **more}


class Account:
    """What a user of one account does with tuning jobs."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.sagemaker, self.s3, self.id = client("sagemaker"), client("s3"), account
        self.bucket = f"data-{account}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_object(Bucket=self.bucket, Key="source.tar.gz", Body=packed_script(SCRIPT))

    def definition(self, **changes: Any) -> dict[str, Any]:
        static = {
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": json.dumps(f"s3://{self.bucket}/source.tar.gz"),
        }
        return {
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": METRICS,
            },
            "RoleArn": f"arn:aws:iam::{self.id}:role/trainer",
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/models"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 300},
            **changes,
            "StaticHyperParameters": {**static, **changes.get("StaticHyperParameters", {})},
        }

    def create(
        self,
        name: str,
        config: Mapping[str, Any],
        *,
        ranges: Mapping[str, Any] | None = None,
        most: int | None = 2,
        parallel: int = 2,
        static: Mapping[str, str] | None = None,
        **more: Any,
    ) -> str:
        limits = {"MaxParallelTrainingJobs": parallel}
        if most is not None:
            limits["MaxNumberOfTrainingJobs"] = most
        if "TrainingJobDefinitions" not in more:
            definition = self.definition(StaticHyperParameters=static or {})
            more = {"TrainingJobDefinition": definition, **more}
            config = {
                "HyperParameterTuningJobObjective": MAXIMIZE,
                "ParameterRanges": ranges or {"ContinuousParameterRanges": [continuous()]},
                **config,
            }
        return self.sagemaker.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name,
            HyperParameterTuningJobConfig={"ResourceLimits": limits, **config},
            **more,
        )["HyperParameterTuningJobArn"]

    def describe(self, name: str) -> dict[str, Any]:
        return self.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)

    def trials(self, name: str, **more: Any) -> list[dict[str, Any]]:
        return self.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name, **{"MaxResults": 100, **more}
        )["TrainingJobSummaries"]

    def ended(self, name: str) -> dict[str, Any]:
        wait_until(lambda: self.describe(name)["HyperParameterTuningJobStatus"] in ENDED)
        return self.describe(name)

    def refused(self, *arguments: Any, **more: Any) -> str:
        with pytest.raises(ClientError) as caught:
            self.create(*arguments, **more)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        return caught.value.response["Error"]["Message"]


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def tuned(trials: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [trial["TunedHyperParameters"] for trial in trials]


@pytest.fixture
def user(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def test_a_grid_tries_every_combination_and_finds_the_best(user: Account) -> None:
    kinds = {"Name": "kind", "Values": ["a", "broken"]}
    numbers = {"Name": "x", "Values": ["0.25", "0.75"]}

    arn = user.create(
        "grid",
        {"Strategy": "Grid"},
        ranges={"CategoricalParameterRanges": [kinds, numbers]},
        most=None,
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    told = user.ended("grid")

    assert told["HyperParameterTuningJobArn"] == arn
    assert told["HyperParameterTuningJobStatus"] == "Completed"
    assert told["TrainingJobStatusCounters"] == {
        "Completed": 2,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 2,
        "Stopped": 0,
    }
    assert told["ObjectiveStatusCounters"] == {"Succeeded": 2, "Pending": 0, "Failed": 2}
    config = told["HyperParameterTuningJobConfig"]
    assert config["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 4
    static = told["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["_tuning_objective_metric"] == "score"
    best = told["BestTrainingJob"]
    assert best["TunedHyperParameters"] == {"kind": "a", "x": "0.75"}
    assert best["FinalHyperParameterTuningJobObjectiveMetric"] == {**MAXIMIZE, "Value": 0.75}
    assert best["ObjectiveStatus"] == "Succeeded"
    assert best["TuningJobName"] == "grid"
    ordered = user.trials("grid", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    assert tuned(ordered)[:2] == [{"kind": "a", "x": "0.75"}, {"kind": "a", "x": "0.25"}]
    assert len(user.trials("grid", StatusEquals="Failed")) == 2
    job = user.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert job["TuningJobArn"] == arn
    assert job["HyperParameters"]["x"] == "0.75"
    assert best["TrainingJobName"].startswith("grid-002-")
    tags = user.sagemaker.list_tags(ResourceArn=best["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]
    by_arn = {"Filters": [{"Name": "TuningJobArn", "Value": arn}]}
    found = user.sagemaker.search(Resource="TrainingJob", SearchExpression=by_arn)["Results"]
    assert len(found) == 4
    of_strategy = {"Filters": [{"Name": "HyperParameterTuningJobConfig.Strategy", "Value": "Grid"}]}
    (result,) = user.sagemaker.search(
        Resource="HyperParameterTuningJob", SearchExpression=of_strategy
    )["Results"]
    assert result["HyperParameterTuningJob"]["HyperParameterTuningJobName"] == "grid"
    listed = user.sagemaker.list_hyper_parameter_tuning_jobs(NameContains="rid")
    (summary,) = listed["HyperParameterTuningJobSummaries"]
    assert summary["ObjectiveStatusCounters"] == told["ObjectiveStatusCounters"]


def test_a_seed_repeats_what_chance_chose(user: Account) -> None:
    ranges = {
        "ContinuousParameterRanges": [continuous(low="0.001", high="10")],
        "IntegerParameterRanges": [continuous("epochs", "1", "4")],
    }
    for name in ("one", "two"):
        user.create(name, {"Strategy": "Random", "RandomSeed": 7}, ranges=ranges)
    for name in ("one", "two"):
        user.ended(name)

    tried = tuned(user.trials("one"))

    assert tuned(user.trials("two")) == tried
    assert all(0.001 <= float(one["x"]) <= 10 and 1 <= int(one["epochs"]) <= 4 for one in tried)


def test_bayesian_search_starts_from_its_parent(user: Account) -> None:
    user.create("parent", {"Strategy": "Random", "RandomSeed": 1}, most=5, parallel=3)
    parents = user.ended("parent")

    warm = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    user.create("child", {"Strategy": "Bayesian", "RandomSeed": 1}, most=2, WarmStartConfig=warm)
    told = user.ended("child")

    assert told["HyperParameterTuningJobStatus"] == "Completed", told.get("FailureReason")
    both = [told["BestTrainingJob"], parents["BestTrainingJob"]]
    best = max(both, key=lambda one: one["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
    assert told["OverallBestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    assert told["WarmStartConfig"] == warm


def test_jobs_below_the_median_are_stopped_early(user: Account) -> None:
    user.create(
        "early",
        {"Strategy": "Grid", "TrainingJobEarlyStoppingType": "Auto"},
        ranges={"CategoricalParameterRanges": [{"Name": "x", "Values": ["1", "0.1"]}]},
        static={"epochs": "1000", "slow": "0.5"},
        most=None,
    )
    wait_until(
        lambda: (
            [one["TrainingJobStatus"] for one in user.trials("early")] == ["InProgress", "Stopped"]
        )
    )
    user.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="early")
    told = user.ended("early")

    assert told["HyperParameterTuningJobStatus"] == "Stopped"
    assert told["TrainingJobStatusCounters"]["Stopped"] == 2
    assert told["ObjectiveStatusCounters"]["Succeeded"] == 2
    assert told["BestTrainingJob"]["TunedHyperParameters"] == {"x": "1"}


def test_hyperband_stops_jobs_at_their_last_epoch(user: Account) -> None:
    hyperband = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 2}}
    user.create(
        "band",
        {"Strategy": "Hyperband", "StrategyConfig": hyperband},
        static={"epochs": "1000", "slow": "0.3"},
        most=1,
    )
    told = user.ended("band")

    assert told["TrainingJobStatusCounters"]["Stopped"] == 1
    value = told["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    x = float(told["BestTrainingJob"]["TunedHyperParameters"]["x"])
    assert round(value / x) < 100


def test_a_target_ends_the_search(user: Account) -> None:
    user.create(
        "target",
        {"Strategy": "Random", "TuningJobCompletionCriteria": {"TargetObjectiveMetricValue": 0}},
        most=50,
        parallel=1,
    )
    told = user.ended("target")

    assert told["HyperParameterTuningJobStatus"] == "Completed"
    assert len(user.trials("target")) == 1


def test_several_definitions_take_turns(user: Account) -> None:
    names = ("one", "two")
    definitions = [
        user.definition(
            DefinitionName=name,
            TuningObjective=MAXIMIZE,
            HyperParameterRanges={"ContinuousParameterRanges": [continuous()]},
        )
        for name in names
    ]
    user.create("both", {"Strategy": "Random"}, TrainingJobDefinitions=definitions)
    told = user.ended("both")

    assert [one["TrainingJobDefinitionName"] for one in user.trials("both")] == ["one", "two"]
    assert [one["DefinitionName"] for one in told["TrainingJobDefinitions"]] == ["one", "two"]
    assert "TrainingJobDefinition" not in told


def test_five_failures_end_the_search_and_a_new_one_may_have_its_name(user: Account) -> None:
    silent = {"kind": "broken", "epochs": "0"}
    user.create("broken", {"Strategy": "Random"}, most=20, parallel=5, static=silent)
    told = user.ended("broken")

    assert told["HyperParameterTuningJobStatus"] == "Failed"
    assert told["FailureReason"] == (
        "No training job succeeded after 5 attempts. Please take a look at the training job"
        " failures to get more details."
    )
    assert "BestTrainingJob" not in told
    user.sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="broken")
    with pytest.raises(user.sagemaker.exceptions.ResourceNotFound):
        user.describe("broken")
    with pytest.raises(ClientError, match=r"ValidationException.*broken"):
        user.sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="broken")
    user.create("broken", {"Strategy": "Random"}, most=1)
    assert user.ended("broken")["TrainingJobStatusCounters"]["Completed"] == 1


def test_autotune_finds_a_range_about_a_hint(user: Account) -> None:
    hints = [{"Name": "x", "ValueHint": "0.05"}, {"Name": "kind", "ValueHint": "b"}]
    user.create(
        "auto",
        {"Strategy": "Random"},
        ranges={"AutoParameters": hints},
        most=1,
        Autotune={"Mode": "Enabled"},
    )
    told = user.ended("auto")

    (trial,) = user.trials("auto")
    assert 0.005 <= float(trial["TunedHyperParameters"]["x"]) <= 0.5
    assert told["Autotune"] == {"Mode": "Enabled"}
    assert told["TrainingJobDefinition"]["StaticHyperParameters"]["kind"] == "b"
    config = told["HyperParameterTuningJobConfig"]
    assert config["TrainingJobEarlyStoppingType"] == "Auto"


def test_what_cannot_be_searched_is_refused(user: Account) -> None:
    band = {"Strategy": "Hyperband"}
    assert "MaxResource is required" in user.refused("a", band)
    early = {**band, "TrainingJobEarlyStoppingType": "Auto"}
    assert "must be Off" in user.refused("a", early, static={"epochs": "3"})
    assert "Only categorical parameters" in user.refused("a", {"Strategy": "Grid"}, most=None)
    few = {"IntegerParameterRanges": [continuous(high="2")]}
    assert user.refused("a", {"Strategy": "Random"}, ranges=few, most=10) == (
        "You don't have enough combinations of hyperparameter ranges. The total number of"
        " hyperparameter combinations for the provided ranges [3.0] must be equal or greater than"
        " the value of MaxNumberOfJobs, [10]. Provide additional ranges."
    )
    logarithmic = {"ContinuousParameterRanges": [continuous(ScalingType="Logarithmic")]}
    assert "greater than 0" in user.refused("a", {"Strategy": "Random"}, ranges=logarithmic)
    unknown = {"Type": "Maximize", "MetricName": "none"}
    assert user.refused(
        "a", {"Strategy": "Random", "HyperParameterTuningJobObjective": unknown}
    ) == (
        "A metric is required for this hyperparameter tuning job objective. Provide a metric in"
        " the metric definitions."
    )
    assert "static or tuned" in user.refused("a", {"Strategy": "Random"}, static={"x": "1"})
    missing = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "none"}],
        "WarmStartType": "TransferLearning",
    }
    assert "does not exist" in user.refused("a", {"Strategy": "Random"}, WarmStartConfig=missing)
