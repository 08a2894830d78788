"""Train trees by AWS's algorithm, compile them, deploy both models and ask them the same."""

import json
import random
import sys

import boto3
import numpy
from sagemaker import image_uris
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer

bucket = sys.argv[1]
random.seed(0)
rows = [[random.random() for _ in range(4)] for _ in range(200)]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
lines = [",".join(map(str, [int(row[0] > row[1]), *row])) for row in rows]
s3.put_object(Bucket=bucket, Key="train/rows.csv", Body="\n".join(lines))

estimator = Estimator(
    image_uri=image_uris.retrieve("xgboost", "us-east-1", version="1.7-1"),
    instance_type="ml.m5.large",
    instance_count=1,
    output_path=f"s3://{bucket}/models",
    hyperparameters={"objective": "binary:logistic", "num_round": "20"},
)
estimator.fit(
    {"train": TrainingInput(f"s3://{bucket}/train/", content_type="text/csv")}, logs=False
)
estimator.compile_model(
    target_instance_family="ml_c5",
    input_shape={"data": [1, 4]},
    output_path=f"s3://{bucket}/compiled",
    framework="xgboost",
    framework_version="latest",
)
answers = []
for instance_type, options in (("ml.m5.large", {}), ("ml.c5.large", {"use_compiled_model": True})):
    predictor = estimator.deploy(
        initial_instance_count=1,
        instance_type=instance_type,
        serializer=CSVSerializer(),
        deserializer=CSVDeserializer(),
        **options,
    )
    told = predictor.predict(rows[:5])
    answers.append([float(cell) for line in told for cell in line])
    predictor.delete_endpoint()
is_same = bool(numpy.allclose(*answers, atol=1e-5))
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"same": is_same, "answers": [len(answer) for answer in answers]}))
