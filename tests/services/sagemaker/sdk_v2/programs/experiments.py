"""Track runs of an experiment, one of them an estimator's; find them again and delete them all."""

import json
import sys

import boto3
import sagemaker
from sagemaker.analytics import ExperimentAnalytics
from sagemaker.experiments import SortByType, SortOrderType, list_runs
from sagemaker.experiments.experiment import Experiment
from sagemaker.experiments.run import Run, load_run
from sagemaker.sklearn import SKLearn

bucket, source = sys.argv[1:]
session = sagemaker.Session()
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket,
    Key="train/rows.csv",
    Body="\n".join(f"{n % 2},{n % 2 + n / 50},{n / 50}" for n in range(50)),
)

with Run(experiment_name="exp", run_name="r1", sagemaker_session=session) as run:
    run.log_parameter("lr", 0.1)
    run.log_parameters({"optimizer": "adam"})
    for step in range(3):
        run.log_metric("loss", 1.0 / (step + 1), step=step)
    run.log_file(f"{source}/train.py", name="source", is_output=False)
    run.log_artifact("weights", f"s3://{bucket}/weights")
with load_run(experiment_name="exp", run_name="r1", sagemaker_session=session) as run:
    run.log_metric("accuracy", 0.9)

with Run(experiment_name="exp", run_name="r2", sagemaker_session=session) as run:
    run.log_parameter("lr", 0.5)
    estimator = SKLearn(
        entry_point="train.py",
        source_dir=source,
        framework_version="1.2-1",
        instance_type="ml.m5.large",
        hyperparameters={"strength": 1.0},
        metric_definitions=[{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
        sagemaker_session=session,
    )
    estimator.fit({"train": f"s3://{bucket}/train/"})

runs = list_runs(
    experiment_name="exp",
    sort_by=SortByType.CREATION_TIME,
    sort_order=SortOrderType.ASCENDING,
    sagemaker_session=session,
)
first = session.sagemaker_client.describe_trial_component(TrialComponentName="exp-r1")
frame = ExperimentAnalytics(
    experiment_name="exp",
    sort_by="parameters.lr",
    sort_order="Ascending",
    parameter_names=["lr"],
    metric_names=["loss"],
    sagemaker_session=session,
).dataframe()
jobs = ExperimentAnalytics(
    search_expression={
        "Filters": [
            {"Name": "Source.SourceType", "Operator": "Equals", "Value": "SageMakerTrainingJob"}
        ]
    },
    sagemaker_session=session,
).dataframe()
trained = session.sagemaker_client.query_lineage(
    StartArns=[
        session.sagemaker_client.list_trial_components(
            SourceArn=session.describe_training_job(estimator.latest_training_job.name)[
                "TrainingJobArn"
            ]
        )["TrialComponentSummaries"][0]["TrialComponentArn"]
    ]
)
Experiment.load("exp", sagemaker_session=session)._delete_all(action="--force")
left = session.sagemaker_client.list_trial_components()["TrialComponentSummaries"]

print(
    json.dumps(
        {
            "runs": [run.run_name for run in runs],
            "parameters": first["Parameters"],
            "metrics": {
                metric["MetricName"]: (metric["Count"], metric["Last"])
                for metric in first["Metrics"]
            },
            "inputs": sorted(first["InputArtifacts"]),
            "outputs": sorted(first["OutputArtifacts"]),
            "table": frame[["lr", "loss - Last"]].fillna(0).values.tolist(),
            "jobs": jobs[["accuracy - Last", "accuracy - Count", "strength"]].values.tolist(),
            "lineage": sorted(vertex["Type"] for vertex in trained["Vertices"]),
            "left": [one["TrialComponentName"] for one in left],
        }
    )
)
