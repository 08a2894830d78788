"""Training jobs through boto3: scripts that run, what they find, what they leave, how they fail."""

import io
import json
import tarfile
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
LONGEST_SECONDS = 600
"""The first job of a machine waits for its runtime."""

TRAIN = """
import json, os, pathlib, sys
import joblib, pandas
from sklearn.linear_model import LogisticRegression
channel = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"])
data = pandas.concat(pandas.read_csv(path, header=None) for path in sorted(channel.rglob("*.csv")))
model = LogisticRegression().fit(data[[1, 2]], data[0])
print("host", os.environ["SM_CURRENT_HOST"], "of", os.environ["SM_HOSTS"], "rows", len(data))
print("arguments", sys.argv[1:])
print("accuracy=0.5")
print(f"accuracy={model.score(data[[1, 2]], data[0])}")
joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], os.environ["SM_CURRENT_HOST"]))
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "report.txt").write_text("fine")
"""


def channel(**changes: Any) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/train"} | changes
    return {"ChannelName": "train", "DataSource": {"S3DataSource": source}}


JOB: Mapping[str, Any] = {
    "AlgorithmSpecification": {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
    },
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 300},
}


def packed_script(script: str) -> bytes:
    """Return the archive that a submit directory is."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("train.py")
        entry.size = len(script.encode())
        archive.addfile(entry, io.BytesIO(script.encode()))
    return packed.getvalue()


class Account:
    """What a user of one account does with training jobs."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.s3, self.logs, self.cloudwatch = map(client, ("s3", "logs", "cloudwatch"))
        self.sagemaker, self.id = client("sagemaker"), account
        self.bucket = f"data-{account}"
        self.s3.create_bucket(Bucket=self.bucket)
        rows = [f"{n % 2},{n % 2 + n / 100},{n / 100}" for n in range(40)]
        for part in (0, 1):
            body = "\n".join(rows[part::2] + rows[:2])
            self.s3.put_object(Bucket=self.bucket, Key=f"train/part-{part}.csv", Body=body.encode())

    def create(self, name: str, script: str, **changes: Any) -> None:
        self.s3.put_object(
            Bucket=self.bucket, Key=f"{name}/source.tar.gz", Body=packed_script(script)
        )
        self.sagemaker.create_training_job(**{**self.request(name), **changes})

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def channel(self, key: str = "train", **changes: Any) -> dict[str, Any]:
        return channel(S3Uri=self.uri(key), **changes)

    def request(self, name: str) -> dict[str, Any]:
        return {
            **JOB,
            "TrainingJobName": name,
            "InputDataConfig": [self.channel()],
            "OutputDataConfig": {"S3OutputPath": self.uri("models")},
            "RoleArn": f"arn:aws:iam::{self.id}:role/trainer",
            "HyperParameters": {
                "sagemaker_program": '"train.py"',
                "sagemaker_submit_directory": json.dumps(self.uri(f"{name}/source.tar.gz")),
                "depth": "3",
            },
        }

    def wait(self, name: str, status: str = "", *, secondary: str = "") -> Mapping[str, Any]:
        """Wait for a job's status, or for its end."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            job = self.sagemaker.describe_training_job(TrainingJobName=name)
            is_over = job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped")
            if is_over or secondary == job["SecondaryStatus"]:
                assert status in ("", job["TrainingJobStatus"]), job.get("FailureReason")
                return job
            time.sleep(0.1)
        raise AssertionError(f"{name} did not end")

    def log(self, name: str, host: str = "algo-1") -> list[str]:
        streams = self.logs.describe_log_streams(
            logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/{host}-"
        )["logStreams"]
        assert len(streams) == 1
        events = self.logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=streams[0]["logStreamName"], startFromHead=True
        )["events"]
        return [event["message"] for event in events]

    def archive(self, uri: str) -> Mapping[str, bytes]:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            return {
                entry.name: file.read()
                for entry in archive
                if entry.isfile() and (file := archive.extractfile(entry)) is not None
            }


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


MEET = """
import json, os, socket, time
hosts = json.load(open("/opt/ml/input/config/resourceconfig.json"))["hosts"]
if os.environ["CURRENT_HOST"] == hosts[0]:
    with socket.create_server((hosts[0], 5000)) as server:
        name = server.accept()[0].recv(6).decode()
    print("from", name, [name for _, name in socket.if_nameindex()])
else:
    while True:
        try: peer = socket.create_connection((hosts[0], 5000))
        except ConnectionRefusedError: time.sleep(0.01)
        else: break
    peer.sendall(os.environ["CURRENT_HOST"].encode())
print("credentials", sorted(name for name in os.environ if name.startswith("AWS_S")))
"""


def test_isolated_instances_reach_one_another_alone_and_have_no_credentials(jobs: Account) -> None:
    jobs.s3.put_object(Bucket=jobs.bucket, Key="code/meet.py", Body=MEET.encode())
    request = {
        **jobs.request("isolated"),
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python", "/opt/ml/input/data/train/meet.py"],
        },
        "InputDataConfig": [jobs.channel("code")],
        "EnableNetworkIsolation": True,
        "ResourceConfig": {**JOB["ResourceConfig"], "InstanceCount": 2},
    }
    jobs.sagemaker.create_training_job(**{**request, "HyperParameters": {}})
    jobs.wait("isolated", "Completed")

    assert jobs.log("isolated") == ["from algo-2 ['lo']", "credentials []"]
    assert jobs.log("isolated", "algo-2") == ["credentials []"]


def test_a_script_trains_on_its_channel_and_leaves_a_model(jobs: Account) -> None:
    jobs.create("trained", TRAIN, Tags=[{"Key": "team", "Value": "blue"}])
    job = jobs.wait("trained", "Completed")

    said = jobs.log("trained")
    assert 'host algo-1 of ["algo-1"] rows 44' in said
    assert "arguments ['--depth', '3']" in said
    states = [one["Status"] for one in job["SecondaryStatusTransitions"]]
    assert [state for state in states if state != "DownloadingTrainingImage"] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    assert job["CreationTime"] <= job["TrainingStartTime"] < job["TrainingEndTime"]
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"] >= 1
    assert job["ModelArtifacts"] == {
        "S3ModelArtifacts": jobs.uri("models/trained/output/model.tar.gz")
    }
    assert list(jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"])) == ["algo-1"]
    assert jobs.archive(jobs.uri("models/trained/output/output.tar.gz")) == {"report.txt": b"fine"}
    tags = jobs.sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]

    (metric,) = job["FinalMetricDataList"]
    assert metric["MetricName"] == "accuracy"
    assert metric["Value"] > 0.9
    points = jobs.cloudwatch.get_metric_statistics(
        Namespace=LOG_GROUP,
        MetricName="accuracy",
        Dimensions=[{"Name": "TrainingJobName", "Value": "trained"}],
        StartTime=job["CreationTime"],
        EndTime=job["LastModifiedTime"],
        Period=60,
        Statistics=["SampleCount"],
    )["Datapoints"]
    assert sum(point["SampleCount"] for point in points) == 2


def test_two_instances_share_the_objects_and_find_one_another(jobs: Account) -> None:
    script = TRAIN + "import socket; print(socket.gethostbyname('algo-2').startswith('127.'))\n"
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    jobs.create(
        "shared",
        script,
        ResourceConfig=resources,
        InputDataConfig=[jobs.channel(S3DataDistributionType="ShardedByS3Key")],
    )
    job = jobs.wait("shared", "Completed")

    for host in ("algo-1", "algo-2"):
        said = jobs.log("shared", host)
        assert f'host {host} of ["algo-1","algo-2"] rows 22' in said
        assert "True" in said
    assert sorted(jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"])) == ["algo-1", "algo-2"]


def test_a_script_that_fails_fails_its_job_in_its_own_words(jobs: Account) -> None:
    jobs.create("failed", "raise RuntimeError('the data are odd')")
    job = jobs.wait("failed", "Failed")

    assert job["SecondaryStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1")
    assert job["FailureReason"].endswith(", exit code: 1")
    assert "RuntimeError: the data are odd" in jobs.log("failed")


def test_a_channel_without_objects_fails_the_job(jobs: Account) -> None:
    jobs.create("empty", TRAIN, InputDataConfig=[jobs.channel("none/")])
    job = jobs.wait("empty", "Failed")

    assert job["FailureReason"].startswith(
        "ClientError: Data download failed:No S3 objects found under S3 URL"
        f' "{jobs.uri("none/")}" given in input data source.'
    )
    assert "TrainingStartTime" not in job


def test_a_job_that_is_stopped_uploads_what_it_has(jobs: Account) -> None:
    script = (
        "import os, pathlib, signal, sys, time\n"
        "model = pathlib.Path(os.environ['SM_MODEL_DIR'], 'checkpoint')\n"
        "model.write_text('half')\n"
        "print('ready', flush=True)\n"
        "time.sleep(300)\n"
    )
    jobs.create("stopped", script)
    jobs.wait("stopped", secondary="Training")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if "ready" in jobs.log("stopped"):
                break
        except (AssertionError, ClientError):  # Its log is not there yet.
            pass
        time.sleep(0.1)
    jobs.sagemaker.stop_training_job(TrainingJobName="stopped")
    job = jobs.wait("stopped", "Stopped")

    assert job["SecondaryStatus"] == "Stopped"
    assert jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"checkpoint": b"half"}
    with pytest.raises(ClientError, match="is in status Stopped"):
        jobs.sagemaker.stop_training_job(TrainingJobName="stopped")


def test_what_a_script_links_to_elsewhere_is_not_taken_along(jobs: Account) -> None:
    script = (
        "import os, shutil, sys\n"
        "os.makedirs('/opt/ml/output', exist_ok=True)\n"
        "os.symlink('/etc/passwd', '/opt/ml/output/failure')\n"
        "shutil.rmtree('/opt/ml/output/data')\n"
        "os.symlink('/etc', '/opt/ml/output/data')\n"
        "os.symlink('/etc/passwd', '/opt/ml/model/link')\n"
        "sys.exit(1)\n"
    )
    jobs.create("linking", script)
    job = jobs.wait("linking", "Failed")

    assert "root:" not in job["FailureReason"]
    assert jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"]) == {}
    keys = jobs.s3.list_objects_v2(Bucket=jobs.bucket, Prefix="models/linking/")["Contents"]
    assert [key["Key"] for key in keys] == ["models/linking/output/model.tar.gz"]


def test_a_job_that_waits_for_its_turn_is_stopped_at_once(jobs: Account) -> None:
    script = "import time; time.sleep(60); open('/opt/ml/model/unstopped', 'w')"
    jobs.create("first", script)
    jobs.wait("first", secondary="Training")
    many = {"InstanceType": "ml.m5.large", "InstanceCount": 500, "VolumeSizeInGB": 1}
    jobs.create("waiting", TRAIN, ResourceConfig=many)
    assert jobs.wait("waiting", secondary="Starting")["TrainingJobStatus"] == "InProgress"
    jobs.sagemaker.stop_training_job(TrainingJobName="waiting")
    waiting = jobs.wait("waiting", "Stopped")

    assert "TrainingStartTime" not in waiting
    first = jobs.sagemaker.describe_training_job(TrainingJobName="first")
    assert first["TrainingJobStatus"] == "InProgress"
    # Its program may just be starting, and must hear of it all the same.
    jobs.sagemaker.stop_training_job(TrainingJobName="first")
    ended = jobs.wait("first", "Stopped")
    assert jobs.archive(ended["ModelArtifacts"]["S3ModelArtifacts"]) == {}


def test_a_job_that_takes_too_long_is_stopped(jobs: Account) -> None:
    jobs.create(
        "slow",
        "import time; time.sleep(300)",
        StoppingCondition={"MaxRuntimeInSeconds": 3},
    )
    job = jobs.wait("slow", "Stopped")

    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_the_keys_of_a_channel_may_hold_what_urls_give_a_meaning_to(jobs: Account) -> None:
    jobs.s3.put_object(Bucket=jobs.bucket, Key="odd?a#b%20/rows.csv", Body=b"1,2,3\n0,1,2\n")
    jobs.create("odd", TRAIN, InputDataConfig=[jobs.channel("odd?a#b%20/")])
    jobs.wait("odd", "Completed")

    assert 'host algo-1 of ["algo-1"] rows 2' in jobs.log("odd")


def test_a_log_that_is_deleted_while_a_job_runs_begins_anew(jobs: Account) -> None:
    script = "import time\nprint('before', flush=True)\ntime.sleep(5)\nprint('after', flush=True)\n"
    jobs.create("cleared", script)
    jobs.wait("cleared", secondary="Training")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            jobs.logs.delete_log_group(logGroupName=LOG_GROUP)
            break
        except ClientError:  # It is not there yet.
            time.sleep(0.05)
    jobs.wait("cleared", "Completed")

    assert "after" in jobs.log("cleared")


def test_idle_threads_leave_the_processor_and_a_request_may_set_variables(jobs: Account) -> None:
    script = "import os\nprint(os.environ['OMP_WAIT_POLICY'], os.environ['LANG'], flush=True)\n"
    jobs.create("waiting", script, Environment={"LANG": "fr_FR.UTF-8"})
    jobs.wait("waiting", "Completed")

    assert "PASSIVE fr_FR.UTF-8" in jobs.log("waiting")


def test_a_script_acts_as_the_jobs_role_on_this_server(jobs: Account) -> None:
    script = (
        "import boto3\n"
        "print(boto3.client('sts').get_caller_identity()['Arn'])\n"
        "found = boto3.client('s3').list_objects_v2"
        f"(Bucket='{jobs.bucket}', Prefix='train')\n"
        "print(found['KeyCount'])\n"
    )
    jobs.create("acting", script)
    jobs.wait("acting", "Completed")

    said = jobs.log("acting")
    assert said[-3:-1] == [f"arn:aws:sts::{jobs.id}:assumed-role/trainer/sagemaker", "2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"AlgorithmSpecification": {"TrainingImage": "mine:1", "TrainingInputMode": "File"}},
            "No runtime stands for the image mine:1",
        ),
        (
            {"AlgorithmSpecification": {"TrainingInputMode": "File"}},
            "You must specify either AlgorithmName or TrainingImage",
        ),
        (
            {"RoleArn": "arn:aws:iam::999999999999:role/trainer"},
            "Cross-account pass role is not allowed",
        ),
        (
            {"OutputDataConfig": {"S3OutputPath": "https://s3.amazonaws.com/data"}},
            "OutputDataConfig.S3OutputPath must be s3://bucket/prefix here",
        ),
        (
            {"InputDataConfig": [channel(S3Uri="https://s3.amazonaws.com/data")]},
            "Channel train: S3Uri must be s3://bucket/prefix here",
        ),
        ({"InputDataConfig": [channel(), channel()]}, "Duplicate channel names"),
        (
            {"ResourceConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1}},
            "ResourceConfig.InstanceType must be given",
        ),
    ],
)
def test_a_job_that_cannot_run_here_is_refused(
    jobs: Account, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        jobs.sagemaker.create_training_job(**{**jobs.request("refused"), **changes})

    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert jobs.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_a_name_is_taken_once(jobs: Account) -> None:
    nothing = [jobs.channel("none/")]
    jobs.create("taken", TRAIN, InputDataConfig=nothing)
    with pytest.raises(jobs.sagemaker.exceptions.ResourceInUse, match="must be unique"):
        jobs.create("taken", TRAIN, InputDataConfig=nothing)

    jobs.wait("taken", "Failed")
    jobs.sagemaker.delete_training_job(TrainingJobName="taken")
    with pytest.raises(ClientError, match="Requested resource not found"):
        jobs.sagemaker.describe_training_job(TrainingJobName="taken")


def test_lists_filter_sort_and_page(jobs: Account) -> None:
    for name in ("b-one", "a-two", "c-one"):
        jobs.create(name, TRAIN, InputDataConfig=[jobs.channel("none/")])
        jobs.wait(name, "Failed")

    def names(**filters: Any) -> list[str]:
        answer = jobs.sagemaker.list_training_jobs(**filters)
        return [job["TrainingJobName"] for job in answer["TrainingJobSummaries"]]

    assert names() == ["b-one", "a-two", "c-one"]
    assert names(SortBy="Name", SortOrder="Ascending") == ["a-two", "b-one", "c-one"]
    assert names(NameContains="one", SortOrder="Descending") == ["c-one", "b-one"]
    assert names(StatusEquals="Completed") == []
    pages = jobs.sagemaker.get_paginator("list_training_jobs").paginate(
        PaginationConfig={"PageSize": 1}
    )
    paged = [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]
    assert paged == ["b-one", "a-two", "c-one"]
