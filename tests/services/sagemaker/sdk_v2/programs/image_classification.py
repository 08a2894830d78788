"""Classify images by the SDK's estimator of the image of that name, on two instances."""

import json
import sys
from pathlib import Path

import boto3
import sagemaker
from sagemaker import image_uris
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import IdentitySerializer

bucket, folder = sys.argv[1:]
session = sagemaker.Session(default_bucket=bucket)
boto3.client("s3").create_bucket(Bucket=bucket)
account = boto3.client("sts").get_caller_identity()["Account"]
for path in sorted(Path(folder).rglob("*.*")):
    session.upload_data(str(path), bucket, str(path.relative_to(folder).parent))

estimator = Estimator(
    image_uri=image_uris.retrieve("image-classification", session.boto_region_name),
    role=f"arn:aws:iam::{account}:role/trainer",
    instance_count=2,
    instance_type="ml.p2.xlarge",
    sagemaker_session=session,
    hyperparameters={
        "num_classes": 10,
        "num_training_samples": 600,
        "num_layers": 20,
        "image_shape": "1,8,8",
        "mini_batch_size": 16,
        "epochs": 2,
        "optimizer": "adam",
        "learning_rate": 0.003,
    },
)
channels = ("train", "validation", "train_lst", "validation_lst")
estimator.fit(
    {
        name: TrainingInput(f"s3://{bucket}/{name}/", content_type="application/x-image")
        for name in channels
    }
)
predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    serializer=IdentitySerializer("application/x-image"),
    deserializer=JSONDeserializer(),
)
asked = sorted(Path(folder, "asked").iterdir())[:30]
answers = [predictor.predict(path.read_bytes()) for path in asked]
predictor.delete_endpoint()
job = session.sagemaker_client.describe_training_job(
    TrainingJobName=estimator.latest_training_job.name
)
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "right": [
                one.index(max(one)) == int(path.stem.split("-")[1])
                for one, path in zip(answers, asked, strict=True)
            ],
            "metrics": {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]},
        }
    )
)
