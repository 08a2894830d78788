"""Have a model tried on instances by `right_size`, and deploy it on the one that is recommended."""

import json
import sys
import tarfile
from pathlib import Path

import boto3
import sagemaker
from sagemaker.deserializers import JSONDeserializer
from sagemaker.inference_recommender.inference_recommender_mixin import (
    ModelLatencyThreshold,
    Phase,
)
from sagemaker.parameter import CategoricalParameter
from sagemaker.predictor import Predictor
from sagemaker.serializers import JSONSerializer
from sagemaker.sklearn import SKLearnModel

bucket, folder = sys.argv[1], Path(sys.argv[2])
SCRIPT = """
def model_fn(folder):
    return None
def predict_fn(rows, model):
    return [len(rows)]
"""
role = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
boto3.client("s3").create_bucket(Bucket=bucket)
(folder / "inference.py").write_text(SCRIPT)
(folder / "rows.json").write_text("[[1, 2], [3, 4]]")
with tarfile.open(folder / "model.tar.gz", "w:gz"):
    pass
with tarfile.open(folder / "payload.tar.gz", "w:gz") as payload:
    payload.add(folder / "rows.json", "rows.json")
session = sagemaker.Session()
data = session.upload_data(str(folder / "model.tar.gz"), bucket, "models")
rows = session.upload_data(str(folder / "payload.tar.gz"), bucket, "payloads")

model = SKLearnModel(
    model_data=data,
    role=role,
    entry_point=str(folder / "inference.py"),
    framework_version="1.2-1",
    predictor_cls=Predictor,
)
model.right_size(
    sample_payload_url=rows,
    supported_content_types=["application/json"],
    supported_instance_types=["ml.m5.large"],
    framework="SAGEMAKER-SCIKIT-LEARN",
    hyperparameter_ranges=[
        {
            "instance_types": CategoricalParameter(["ml.m5.large"]),
            "SAGEMAKER_MODEL_SERVER_WORKERS": CategoricalParameter(["1", "2"]),
        }
    ],
    phases=[
        Phase(duration_in_seconds=6, initial_number_of_users=1, spawn_rate=30),
    ],
    traffic_type="PHASES",
    max_invocations=100_000,
    model_latency_thresholds=[ModelLatencyThreshold("P95", 1000)],
    max_tests=2,
    max_parallel_tests=1,
    log_level="Quiet",
)
first = model.inference_recommendations[0]
predictor = model.deploy(
    inference_recommendation_id=first["RecommendationId"],
    serializer=JSONSerializer(),
    deserializer=JSONDeserializer(),
    wait=False,
)
boto3.client("sagemaker").get_waiter("endpoint_in_service").wait(
    EndpointName=predictor.endpoint_name, WaiterConfig={"Delay": 1}
)
answer = predictor.predict([[1, 2], [3, 4], [5, 6]])
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "answer": answer,
            "type": first["EndpointConfiguration"]["InstanceType"],
            "workers": sorted(
                one["ModelConfiguration"]["EnvironmentParameters"][0]["Value"]
                for one in model.inference_recommendations
            ),
            "measured": all(
                one["Metrics"]["MaxInvocations"] > 0 and one["Metrics"]["ModelLatency"] > 0
                for one in model.inference_recommendations
            ),
        }
    )
)
