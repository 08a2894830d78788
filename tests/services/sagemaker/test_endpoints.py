"""Endpoints through boto3: models that are served, asked and deleted."""

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


@pytest.fixture
def endpoints(client: Callable[..., Any], account: str) -> EndpointAccount:
    return EndpointAccount(client, account)


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
