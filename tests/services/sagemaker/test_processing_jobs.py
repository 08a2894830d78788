"""Processing jobs through boto3: what scripts find, what they leave, how they fail."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
LONGEST_SECONDS = 600
"""The first job of a machine waits for its runtime."""
CODE = "/opt/ml/processing/input/code"

PROCESS = """
import json, os, pathlib, sys
import pandas
config = json.loads(pathlib.Path("/opt/ml/config/processingjobconfig.json").read_text())
resources = json.loads(pathlib.Path("/opt/ml/config/resourceconfig.json").read_text())
print(config["ProcessingJobName"], config["AppSpecification"]["ContainerArguments"])
print(resources["current_host"], resources["hosts"], os.environ["COLOUR"], sys.argv[1:])
files = sorted(pathlib.Path("/opt/ml/processing/input/data").rglob("*.csv"))
rows = pandas.concat(pandas.read_csv(path, header=None) for path in files)
print("files", [path.name for path in files], "rows", len(rows))
out = pathlib.Path("/opt/ml/processing/output/train")
(out / "deep").mkdir(parents=True)
(out / "deep" / (resources["current_host"] + ".csv")).write_text(rows.to_csv())
(out / "link").symlink_to("/etc/passwd")
pathlib.Path("/opt/ml/output/message").write_text("said by " + resources["current_host"] + ". ")
"""


class Account:
    """What a user of one account does with processing jobs."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.s3, self.logs, self.sagemaker = map(client, ("s3", "logs", "sagemaker"))
        self.id, self.bucket = account, f"data-{account}"
        self.s3.create_bucket(Bucket=self.bucket)
        for part in (0, 1):
            self.put(f"data/part-{part}.csv", f"{part},1\n{part},2\n")

    def put(self, key: str, body: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def input(self, name: str, key: str, path: str, **changes: Any) -> dict[str, Any]:
        source = {"S3Uri": self.uri(key), "LocalPath": path, "S3DataType": "S3Prefix"}
        return {"InputName": name, "S3Input": {**source, "S3InputMode": "File", **changes}}

    def output(self, name: str, path: str, mode: str = "EndOfJob") -> dict[str, Any]:
        target = {"S3Uri": self.uri(f"out/{name}"), "LocalPath": path, "S3UploadMode": mode}
        return {"OutputName": name, "S3Output": target}

    def request(self, name: str, *, instances: int = 1, **changes: Any) -> dict[str, Any]:
        cluster = {
            "InstanceCount": instances,
            "InstanceType": "ml.m5.large",
            "VolumeSizeInGB": 1,
        }
        return {
            "ProcessingJobName": name,
            "ProcessingResources": {"ClusterConfig": cluster},
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", f"{CODE}/run.py"],
                "ContainerArguments": ["--ratio", "0.2"],
            },
            "RoleArn": f"arn:aws:iam::{self.id}:role/processor",
            "Environment": {"COLOUR": "blue"},
            "ProcessingInputs": [
                self.input("code", f"{name}/code/run.py", CODE),
                self.input("data", "data", "/opt/ml/processing/input/data"),
            ],
            "ProcessingOutputConfig": {
                "Outputs": [self.output("train", "/opt/ml/processing/output/train")]
            },
            **changes,
        }

    def create(self, name: str, script: str, **changes: Any) -> None:
        self.put(f"{name}/code/run.py", script)
        self.sagemaker.create_processing_job(**self.request(name, **changes))

    def wait(self, name: str, status: str) -> Mapping[str, Any]:
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            job = self.sagemaker.describe_processing_job(ProcessingJobName=name)
            if job["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped"):
                assert job["ProcessingJobStatus"] == status, job.get("FailureReason")
                return job
            time.sleep(0.1)
        raise AssertionError(f"{name} did not end")

    def log(self, name: str, host: str = "algo-1") -> list[str]:
        events = self.logs.filter_log_events(
            logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/{host}-"
        )["events"]
        return [event["message"] for event in events]

    def objects(self, prefix: str = "out/") -> Mapping[str, str]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {
            one["Key"]: self.s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"]
            .read()
            .decode()
            for one in listed
        }


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def test_a_script_processes_its_inputs_and_leaves_outputs(jobs: Account) -> None:
    jobs.create("processed", PROCESS, Tags=[{"Key": "team", "Value": "blue"}])
    job = jobs.wait("processed", "Completed")

    assert jobs.log("processed") == [
        "processed ['--ratio', '0.2']",
        "algo-1 ['algo-1'] blue ['--ratio', '0.2']",
        "files ['part-0.csv', 'part-1.csv'] rows 4",
    ]
    assert list(jobs.objects()) == ["out/train/deep/algo-1.csv"]
    assert job["ExitMessage"] == "said by algo-1. "
    assert "FailureReason" not in job
    assert job["CreationTime"] <= job["ProcessingStartTime"] < job["ProcessingEndTime"]
    given = jobs.request("processed")
    assert {name: job[name] for name in given} == {
        **given,
        "ProcessingJobName": "processed",
    }
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    tags = jobs.sagemaker.list_tags(ResourceArn=job["ProcessingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_two_instances_share_the_objects_and_both_upload(jobs: Account) -> None:
    request = jobs.request("shared")
    code, data = request["ProcessingInputs"]
    data["S3Input"]["S3DataDistributionType"] = "ShardedByS3Key"
    jobs.create("shared", PROCESS, instances=2, ProcessingInputs=[code, data])
    job = jobs.wait("shared", "Completed")

    for number, host in enumerate(("algo-1", "algo-2")):
        assert f"files ['part-{number}.csv'] rows 2" in jobs.log("shared", host)
    assert sorted(jobs.objects()) == [
        "out/train/deep/algo-1.csv",
        "out/train/deep/algo-2.csv",
    ]
    assert job["ExitMessage"] == "said by algo-1. said by algo-2. "


def test_inputs_may_lie_within_one_another_and_hold_outputs(jobs: Account) -> None:
    script = (
        "import pathlib\n"
        "root = pathlib.Path('/opt/ml/processing')\n"
        "print(sorted(str(path.relative_to(root)) for path in root.rglob('*') if path.is_file()))\n"
        "(root / 'in/result/one').write_text('1')\n"
    )
    inputs = [
        jobs.input("inner", "nested/code", "/opt/ml/processing/in/code"),
        jobs.input("outer", "data", "/opt/ml/processing/in"),
    ]
    app = {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "processing/in/code/run.py"]}
    outputs = {
        "Outputs": [
            jobs.output("whole", "/opt/ml/processing/in"),
            jobs.output("part", "/opt/ml/processing/in/result"),
        ]
    }
    jobs.create(
        "nested",
        script,
        AppSpecification=app,
        ProcessingInputs=inputs,
        ProcessingOutputConfig=outputs,
    )
    jobs.wait("nested", "Completed")

    assert jobs.log("nested") == ["['in/code/run.py', 'in/part-0.csv', 'in/part-1.csv']"]
    assert sorted(jobs.objects()) == [
        "out/part/one",
        "out/whole/code/run.py",
        "out/whole/part-0.csv",
        "out/whole/part-1.csv",
        "out/whole/result/one",
    ]


def test_a_script_that_fails_fails_its_job_and_uploads_nothing(jobs: Account) -> None:
    script = (
        "import pathlib\n"
        "pathlib.Path('/opt/ml/processing/output/train/half').write_text('half')\n"
        "pathlib.Path('/opt/ml/output/message').write_text('the data are odd')\n"
        "raise SystemExit(3)\n"
    )
    jobs.create("failed", script)
    job = jobs.wait("failed", "Failed")

    assert job["FailureReason"] == "AlgorithmError: the data are odd, exit code: 3"
    assert job["ExitMessage"] == "the data are odd"
    assert jobs.objects() == {}
    (told,) = jobs.sagemaker.list_processing_jobs()["ProcessingJobSummaries"]
    assert (told["FailureReason"], told["ExitMessage"]) == (
        job["FailureReason"],
        job["ExitMessage"],
    )


def test_a_message_that_is_no_text_fails_the_job(jobs: Account) -> None:
    jobs.create("odd", "open('/opt/ml/output/message', 'wb').write(b'\\xff\\xfe')")

    assert jobs.wait("odd", "Failed")["FailureReason"] == (
        "ClientError: The file /opt/ml/output/message is not UTF-8."
    )


def test_a_continuous_output_is_uploaded_while_the_script_runs(jobs: Account) -> None:
    script = (
        "import pathlib, time\n"
        "out = pathlib.Path('/opt/ml/processing/output/live')\n"
        "(out / 'first').write_text('1')\n"
        "time.sleep(300)\n"
    )
    outputs = {"Outputs": [jobs.output("live", "/opt/ml/processing/output/live", "Continuous")]}
    jobs.create("continuous", script, ProcessingOutputConfig=outputs)
    until = time.monotonic() + LONGEST_SECONDS
    while not jobs.objects() and time.monotonic() < until:
        time.sleep(0.1)
    assert jobs.objects() == {"out/live/first": "1"}

    jobs.sagemaker.stop_processing_job(ProcessingJobName="continuous")
    jobs.wait("continuous", "Stopped")
    with pytest.raises(ClientError, match="the processing job is in status Stopped"):
        jobs.sagemaker.stop_processing_job(ProcessingJobName="continuous")


def test_a_job_without_network_reaches_nobody_and_one_that_takes_too_long_is_stopped(
    jobs: Account,
) -> None:
    script = (
        "import socket, time\n"
        "print([name for _, name in socket.if_nameindex()], flush=True)\n"
        "time.sleep(300)\n"
    )
    jobs.create(
        "isolated",
        script,
        NetworkConfig={"EnableNetworkIsolation": True},
        StoppingCondition={"MaxRuntimeInSeconds": 1},
    )
    job = jobs.wait("isolated", "Stopped")

    assert jobs.log("isolated") == ["['lo']"]
    assert "FailureReason" not in job


def test_an_input_without_objects_fails_the_job(jobs: Account) -> None:
    nothing = [jobs.input("data", "none/", "/opt/ml/processing/input")]
    jobs.create("empty", PROCESS, ProcessingInputs=nothing)
    job = jobs.wait("empty", "Failed")

    assert job["FailureReason"].startswith(
        f'ClientError: Data download failed:No S3 objects found under S3 URL "{jobs.uri("none/")}"'
    )
    with pytest.raises(jobs.sagemaker.exceptions.ResourceInUse, match="must be unique"):
        jobs.create("empty", PROCESS)
    jobs.sagemaker.delete_processing_job(ProcessingJobName="empty")
    with pytest.raises(ClientError, match="Could not find requested job with name: empty"):
        jobs.sagemaker.describe_processing_job(ProcessingJobName="empty")


S3_INPUT = {"S3Uri": "s3://data/x", "LocalPath": "/opt/ml/processing/x", "S3DataType": "S3Prefix"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"AppSpecification": {"ImageUri": "mine:1", "ContainerEntrypoint": ["run"]}},
            "No runtime stands for the image mine:1",
        ),
        (
            {"AppSpecification": {"ImageUri": "sagemaker-spark-processing:3.3-cpu-py39-v1.3"}},
            "needs Apache Spark, which has no runtime here",
        ),
        ({"AppSpecification": {"ImageUri": IMAGE}}, "ContainerEntrypoint must be given here"),
        (
            {"RoleArn": "arn:aws:iam::999999999999:role/processor"},
            "Cross-account pass role is not allowed",
        ),
        (
            {"ProcessingInputs": [{"InputName": "x", "S3Input": {**S3_INPUT, "LocalPath": "/x"}}]},
            "Input x: The LocalPath /x must begin with /opt/ml/processing",
        ),
        (
            {"ProcessingInputs": [{"InputName": "x", "S3Input": S3_INPUT}] * 2},
            "Duplicate input name: x",
        ),
        (
            {
                "ProcessingInputs": [
                    {"InputName": "x", "S3Input": {**S3_INPUT, "S3InputMode": "Pipe"}}
                ]
            },
            "only the S3InputMode File is offered",
        ),
        (
            {
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {"OutputName": "f", "FeatureStoreOutput": {"FeatureGroupName": "g"}}
                    ]
                }
            },
            "FeatureStoreOutput is not offered",
        ),
    ],
)
def test_a_job_that_cannot_run_here_is_refused(
    jobs: Account, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        jobs.sagemaker.create_processing_job(**{**jobs.request("refused"), **changes})

    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert jobs.sagemaker.list_processing_jobs()["ProcessingJobSummaries"] == []
