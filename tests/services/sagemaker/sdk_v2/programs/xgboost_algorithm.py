"""Train the built-in XGBoost algorithm on a table in S3, deploy it, ask its endpoint."""

import json
import random
import sys

import boto3
from sagemaker import image_uris
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer

bucket = sys.argv[1]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
chance = random.Random(0)


def rows(count):
    """Rows of three kinds, label first, that one column tells apart."""
    places = [(chance.random() * 3, chance.random()) for _ in range(count)]
    return [(int(x), x, y) for x, y in places]


for channel, count in (("train", 300), ("validation", 60)):
    body = "\n".join(",".join(map(str, row)) for row in rows(count))
    s3.put_object(Bucket=bucket, Key=f"{channel}/rows.csv", Body=body)

estimator = Estimator(
    image_uris.retrieve("xgboost", "us-east-1", version="1.7-1"),
    role=f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/trainer",
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/models",
)
estimator.set_hyperparameters(
    objective="multi:softmax", num_class=3, num_round=15, eval_metric="merror"
)
channels = ("train", "validation")
estimator.fit(
    {name: TrainingInput(f"s3://{bucket}/{name}/", content_type="csv") for name in channels}
)
metrics = estimator.training_job_analytics.dataframe()
names = sorted(set(metrics["metric_name"]))

predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    serializer=CSVSerializer(),
    deserializer=CSVDeserializer(),
)
asked = rows(50)
(told,) = predictor.predict([row[1:] for row in asked])
right = sum(float(label) == row[0] for label, row in zip(told, asked, strict=True))
predictor.delete_model()
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"metrics": names, "accuracy": right / len(asked)}))
