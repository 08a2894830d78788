"""Compile a traced PyTorch model for Inferentia, deploy it with a handler, ask and delete it."""

import json
import sys

import boto3
from sagemaker.deserializers import JSONDeserializer
from sagemaker.pytorch import PyTorchModel
from sagemaker.serializers import JSONSerializer

bucket, archive, serving, asked = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.upload_file(archive, bucket, "traced/model.tar.gz")

model = PyTorchModel(
    model_data=f"s3://{bucket}/traced/model.tar.gz",
    entry_point="inference.py",
    source_dir=serving,
    framework_version="1.9",
    py_version="py3",
)
compiled = model.compile(
    target_instance_family="ml_inf1",
    input_shape={"input0": [1, 4]},
    output_path=f"s3://{bucket}/compiled",
    job_name="traced",
    framework="pytorch",
    framework_version="1.9",
)
predictor = compiled.deploy(
    initial_instance_count=1,
    instance_type="ml.inf1.xlarge",
    serializer=JSONSerializer(),
    deserializer=JSONDeserializer(),
)
answer = predictor.predict(json.loads(asked))
predictor.delete_model()
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"answer": answer, "image": compiled.image_uri, "data": compiled.model_data}))
