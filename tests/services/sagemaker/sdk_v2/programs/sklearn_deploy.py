"""Fit a scikit-learn estimator, deploy it, ask its endpoint and delete everything."""

import json
import sys

import boto3
import numpy
from sagemaker.deserializers import JSONDeserializer
from sagemaker.serializers import CSVSerializer
from sagemaker.sklearn import SKLearn

bucket, source, serving = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket,
    Key="train/rows.csv",
    Body="\n".join(f"{n % 2},{n % 2 + n / 500},{n / 500}" for n in range(50)),
)

estimator = SKLearn(
    entry_point="train.py",
    source_dir=source,
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    hyperparameters={"strength": 100.0},
)
estimator.fit({"train": f"s3://{bucket}/train/"}, logs=False)
predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    entry_point="inference.py",
    source_dir=serving,
)

arrays = predictor.predict(numpy.array([[0.0, 0.0], [1.0, 0.0]]))
predictor.serializer, predictor.deserializer = CSVSerializer(), JSONDeserializer()
texts = predictor.predict([[1.0, 0.0], [0.0, 0.0]])
predictor.delete_model()
predictor.delete_endpoint()
left = boto3.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"arrays": arrays.tolist(), "texts": texts, "left": len(left)}))
