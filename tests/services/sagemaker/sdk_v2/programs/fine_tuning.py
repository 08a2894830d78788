"""Fine-tune a transformer without a script by the SDK's estimator, on two instances."""

import json
import sys

import boto3
import sagemaker
from sagemaker import image_uris
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.serializers import JSONSerializer

bucket, archive, rows = sys.argv[1:]
session = sagemaker.Session(default_bucket=bucket)
boto3.client("s3").create_bucket(Bucket=bucket)
account = boto3.client("sts").get_caller_identity()["Account"]
session.upload_data(archive, bucket, "models")
session.upload_data(rows, bucket, "train")

estimator = Estimator(
    image_uri=image_uris.retrieve(
        "huggingface",
        session.boto_region_name,
        version="4.49.0",
        py_version="py311",
        instance_type="ml.g5.xlarge",
        image_scope="training",
        base_framework_version="pytorch2.5.1",
    ),
    role=f"arn:aws:iam::{account}:role/trainer",
    instance_count=2,
    instance_type="ml.g5.xlarge",
    sagemaker_session=session,
    model_uri=f"s3://{bucket}/models/model.tar.gz",
    hyperparameters={"epochs": 4, "learning_rate": 0.01, "train_batch_size": 8},
)
estimator.fit({"train": f"s3://{bucket}/train/"})
predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    serializer=JSONSerializer(),
    deserializer=JSONDeserializer(),
)
found = predictor.predict({"inputs": ["fog and cold and rain", "the blue light and the sun"]})
predictor.delete_endpoint()
job = session.sagemaker_client.describe_training_job(
    TrainingJobName=estimator.latest_training_job.name
)
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "labels": [one["label"] for one in found],
            "metrics": {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]},
        }
    )
)
