"""Deploy serverless, asynchronous and pipeline endpoints, and update one with two variants."""

import io
import json
import sys
import tarfile

import boto3
import sagemaker
from sagemaker.async_inference import AsyncInferenceConfig, WaiterConfig
from sagemaker.deserializers import JSONDeserializer
from sagemaker.model import Model
from sagemaker.pipeline import PipelineModel
from sagemaker.predictor import Predictor
from sagemaker.predictor_async import AsyncPredictor
from sagemaker.serializers import JSONSerializer
from sagemaker.serverless import ServerlessInferenceConfig
from sagemaker.session import production_variant

bucket = sys.argv[1]
s3 = boto3.client("s3")
session = sagemaker.Session()
ROLE = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
IMAGE = sagemaker.image_uris.retrieve("sklearn", "us-east-1", "1.2-1")
SCRIPT = """
def model_fn(folder):
    return {number}
def predict_fn(rows, number):
    return [float(value) + number for value in rows.ravel()]
"""


class Numbers(Predictor):
    """Sends and takes JSON."""

    def __init__(self, endpoint_name: str, sagemaker_session: object = None) -> None:
        super().__init__(endpoint_name, sagemaker_session, JSONSerializer(), JSONDeserializer())


def model(name: str, number: int) -> Model:
    """Return a model that adds a number to all it is given."""
    content = SCRIPT.format(number=number).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    s3.put_object(Bucket=bucket, Key=f"{name}.tar.gz", Body=packed.getvalue())
    return Model(
        image_uri=IMAGE,
        model_data=f"s3://{bucket}/{name}.tar.gz",
        role=ROLE,
        name=name,
        predictor_cls=Numbers,
        sagemaker_session=session,
    )


s3.create_bucket(Bucket=bucket)
told = {}

serverless = model("serverless", 1).deploy(
    serverless_inference_config=ServerlessInferenceConfig(memory_size_in_mb=2048, max_concurrency=2)
)
told["serverless"] = serverless.predict([[1, 2]])
serverless.delete_endpoint()

asynchronous: AsyncPredictor = model("asynchronous", 10).deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    async_inference_config=AsyncInferenceConfig(output_path=f"s3://{bucket}/answers"),
)
# The SDK looks for a failure as long as it is told, even after the answer has come.
shortly = WaiterConfig(max_attempts=30, delay=1)
told["waited for"] = asynchronous.predict(
    [[1, 2]], input_path=f"s3://{bucket}/asked.json", waiter_config=shortly
)
answer = asynchronous.predict_async([[3]])
told["fetched"] = answer.get_result(shortly)
told["is below"] = answer.output_path.startswith(f"s3://{bucket}/answers/")
asynchronous.delete_endpoint()

pipeline = PipelineModel(
    models=[model("first", 100), model("second", 1000)], role=ROLE, sagemaker_session=session
)
pipeline.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_name="both")
told["pipeline"] = Numbers("both", session).predict([[1]])
Numbers("both", session).delete_endpoint()

one, other = model("one", 1), model("other", 2)
for each in (one, other):
    each.create(instance_type="ml.m5.large")
session.endpoint_from_production_variants(
    "variants",
    [
        production_variant(name, "ml.m5.large", 1, name.title(), initial_weight=1)
        for name in ("one", "other")
    ],
)
variants = Numbers("variants", session)
told["variants"] = [variants.predict([[0]], target_variant=name) for name in ("One", "Other")]
variants.update_endpoint(
    initial_instance_count=1, instance_type="ml.m5.large", model_name="other", wait=True
)
told["updated"] = [variants.predict([[0]]) for _ in range(4)]
variants.delete_endpoint()
boto3.client("sagemaker").get_waiter("endpoint_deleted").wait(
    EndpointName="variants", WaiterConfig={"Delay": 1}
)
told["left"] = boto3.client("sagemaker").list_endpoints()["Endpoints"]
print()  # The SDK has shown its waiting on the line before.
print(json.dumps(told))
