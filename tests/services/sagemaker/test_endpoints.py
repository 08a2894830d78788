"""Endpoints through boto3: models that are served, asked and deleted."""

import io
import re
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.endpoint_account import EndpointAccount, packed
from tests.services.sagemaker.test_training_jobs import IMAGE, Account

TRAIN = """
import os, joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
model = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
"""
SERVE = """
import os, joblib
def model_fn(folder):
    return joblib.load(os.path.join(folder, "model.joblib"))
"""
MORTAL = """
import json, os, signal, uuid
def model_fn(folder):
    print("loading", flush=True)
    return uuid.uuid4().hex
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    if data == "worker":
        os._exit(7)
    if data == "instance":
        os.kill(os.getppid(), signal.SIGKILL)
        signal.pause()
    return model
"""
PART = """
import json
print("{name}", flush=True)
def model_fn(folder):
    return None
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    if data == 0:
        raise ValueError("nothing")
    return data {does}
"""


def linked(name: str, target: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    return entry


def test_a_model_that_a_job_trained_answers(
    client: Callable[..., Any], account: str, endpoints: EndpointAccount
) -> None:
    jobs = Account(client, account)
    jobs.create("iris", TRAIN)
    model = jobs.wait("iris", "Completed")["ModelArtifacts"]["S3ModelArtifacts"]
    code = packed({"serve.py": SERVE})
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="code.tar.gz", Body=code)
    environment = {
        "SAGEMAKER_PROGRAM": "serve.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{endpoints.bucket}/code.tar.gz",
    }
    endpoints.sagemaker.create_model(
        ModelName="iris",
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model, "Environment": environment},
    )
    endpoints.configure("iris", {"ModelName": "iris"})
    arn = endpoints.sagemaker.create_endpoint(EndpointName="iris", EndpointConfigName="iris")
    endpoints.sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName="iris", WaiterConfig={"Delay": 1}
    )

    answer = endpoints.runtime.invoke_endpoint(
        EndpointName="iris", ContentType="text/csv", Body="5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n"
    )
    assert answer["Body"].read() == b"[0, 2]"
    assert answer["ContentType"] == "application/json"
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    answer = endpoints.runtime.invoke_endpoint(
        EndpointName="iris",
        ContentType="application/json",
        Accept="text/csv",
        Body="[[5.1,3.5,1.4,0.2]]",
    )
    assert (answer["Body"].read(), answer["ContentType"]) == (b"0\n", "text/csv")
    endpoint = endpoints.sagemaker.describe_endpoint(EndpointName="iris")
    (variant,) = endpoint["ProductionVariants"]
    del variant["DeployedImages"]
    assert endpoint["EndpointArn"] == arn["EndpointArn"]
    assert variant == {
        "VariantName": "AllTraffic",
        "CurrentWeight": 1.0,
        "DesiredWeight": 1.0,
        "CurrentInstanceCount": 1,
        "DesiredInstanceCount": 1,
    }

    endpoints.sagemaker.delete_endpoint(EndpointName="iris")
    endpoints.sagemaker.get_waiter("endpoint_deleted").wait(
        EndpointName="iris", WaiterConfig={"Delay": 1}
    )
    with pytest.raises(ClientError, match=r"Endpoint iris of account \d+ not found"):
        endpoints.ask("iris")


def test_a_model_that_does_not_load_fails_its_endpoint_in_its_own_words(
    endpoints: EndpointAccount,
) -> None:
    endpoints.put_script("broken", "def model_fn(folder):\n    raise OSError('no weights here')")
    endpoints.configure("broken", {"ModelName": "broken"})
    endpoints.sagemaker.create_endpoint(EndpointName="broken", EndpointConfigName="broken")
    endpoint = endpoints.wait("broken", "Failed")

    assert endpoint["FailureReason"].startswith(
        "The primary container for production variant AllTraffic did not pass the ping health"
        " check. Please check CloudWatch logs for this endpoint. "
    )
    assert endpoint["FailureReason"].endswith("OSError: no weights here (exit code: 3)")
    endpoints.until(lambda: "OSError: no weights here" in endpoints.log("broken"))
    streams = endpoints.logs.describe_log_streams(logGroupName="/aws/sagemaker/Endpoints/broken")
    (stream,) = streams["logStreams"]
    assert re.fullmatch(r"AllTraffic/i-[0-9a-f]{17}", stream["logStreamName"])
    with pytest.raises(ClientError, match="not found"):
        endpoints.ask("broken")
    endpoints.sagemaker.delete_endpoint(EndpointName="broken")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (tarfile.TarInfo("../outside"), "outside the destination"),
        (linked("link", "../../outside"), "outside the destination"),
        (linked("link", "/etc/passwd"), "absolute path"),
    ],
    ids=["name", "link", "absolute"],
)
def test_an_archive_that_leads_out_of_its_folder_is_refused(
    endpoints: EndpointAccount, entry: tarfile.TarInfo, reason: str
) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        opened.addfile(entry)
    endpoints.put_model("hostile", archive.getvalue())
    endpoints.configure("hostile", {"ModelName": "hostile"})
    endpoints.sagemaker.create_endpoint(EndpointName="hostile", EndpointConfigName="hostile")
    endpoint = endpoints.wait("hostile", "Failed")

    assert endpoint["FailureReason"].startswith(
        'Failed to extract model data archive for container "container_1" from URL'
        f' "s3://{endpoints.bucket}/hostile.tar.gz". Please ensure that the object located at the'
        " URL is a valid tar.gz archive. It is refused: "
    )
    assert reason in endpoint["FailureReason"]


def test_what_dies_is_started_anew(endpoints: EndpointAccount) -> None:
    endpoints.deploy("mortal", MORTAL)
    first = endpoints.ask("mortal", "hello")
    for deadly in ("worker", "instance"):
        with pytest.raises(endpoints.runtime.exceptions.ModelError) as caught:
            endpoints.ask("mortal", deadly)
        assert caught.value.response["OriginalStatusCode"] == 0
        second = endpoints.ask("mortal", "hello")
        assert second != first
        first = second

    endpoints.until(lambda: endpoints.log("mortal").count("loading") >= 3)
    said = endpoints.log("mortal")
    assert said.count("loading") == 3
    assert "Worker 0 ended with exit code 7; it is started anew." in said


def test_containers_answer_one_after_the_other(endpoints: EndpointAccount, account: str) -> None:
    containers: list[dict[str, Any]] = []
    for name, does in (("plus", "+ 1"), ("times", "* 10")):
        script = PART.format(name=name, does=does)
        archive = packed({"code/inference.py": script})
        endpoints.s3.put_object(Bucket=endpoints.bucket, Key=f"{name}.tar.gz", Body=archive)
        containers.append(
            {
                "Image": IMAGE,
                "ContainerHostname": name,
                "ModelDataUrl": f"s3://{endpoints.bucket}/{name}.tar.gz",
                "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
            }
        )
    for name, mode in (("serial", "Serial"), ("direct", "Direct")):
        endpoints.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
            Containers=containers,
            InferenceExecutionConfig={"Mode": mode},
        )
        endpoints.configure(name, {"ModelName": name})
        endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    for name in ("serial", "direct"):
        endpoints.wait(name)

    assert endpoints.ask("serial", 4) == 50
    with pytest.raises(ClientError, match="from times with message"):
        endpoints.ask("serial", -1)
    assert endpoints.ask("direct", 4, TargetContainerHostname="times") == 40
    with pytest.raises(ClientError, match="needs TargetContainerHostname"):
        endpoints.ask("direct", 4)
    with pytest.raises(ClientError, match="takes no TargetContainerHostname"):
        endpoints.ask("serial", 4, TargetContainerHostname="times")
    streams = endpoints.logs.describe_log_streams(logGroupName="/aws/sagemaker/Endpoints/serial")
    names = [one["logStreamName"].rpartition("/")[2] for one in streams["logStreams"]]
    assert sorted(names) == ["plus", "times"]


def test_an_isolated_model_has_no_network_and_no_credentials(endpoints: EndpointAccount) -> None:
    script = """
import os, socket
def model_fn(folder): pass
def input_fn(content, content_type): pass
def predict_fn(data, model):
    names = [name for _, name in socket.if_nameindex()]
    return names, sorted(name for name in os.environ if "SECRET" in name or "TOKEN" in name)
"""
    body = packed({"code/inference.py": script})
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="isolated.tar.gz", Body=body)
    endpoints.sagemaker.create_model(
        ModelName="isolated",
        ExecutionRoleArn=f"arn:aws:iam::{endpoints.id}:role/server",
        EnableNetworkIsolation=True,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{endpoints.bucket}/isolated.tar.gz",
        },
    )
    endpoints.configure("isolated", {"ModelName": "isolated"})
    endpoints.sagemaker.create_endpoint(EndpointName="isolated", EndpointConfigName="isolated")
    endpoints.wait("isolated")

    assert endpoints.ask("isolated") == [["lo"], []]
