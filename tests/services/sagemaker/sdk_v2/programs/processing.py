"""Process data with the processors for scikit-learn, for any script and for a source folder."""

import json
import sys

import boto3
from sagemaker import image_uris
from sagemaker.processing import (
    FrameworkProcessor,
    ProcessingInput,
    ProcessingOutput,
    ScriptProcessor,
)
from sagemaker.sklearn import SKLearn
from sagemaker.sklearn.processing import SKLearnProcessor

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
for part in range(2):
    s3.put_object(Bucket=bucket, Key=f"raw/{part}.csv", Body=f"{part},1\n{part},2\n")


def run(name, processor, *, logs=False, **arguments):
    """Run a processor and return its output's first line."""
    processor.run(
        inputs=[
            ProcessingInput(
                source=f"s3://{bucket}/raw/", destination="/opt/ml/processing/input/raw"
            )
        ],
        outputs=[ProcessingOutput(output_name="clean", source="/opt/ml/processing/output/clean")],
        arguments=["--column", name],
        wait=True,
        logs=logs,
        **arguments,
    )
    uri = processor.latest_job.outputs[0].destination
    output_bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    body = s3.get_object(Bucket=output_bucket, Key=f"{prefix}/clean.csv")["Body"]
    return body.read().decode().splitlines()[0]


place = {"instance_type": "ml.m5.large", "instance_count": 1}
image = image_uris.retrieve("sklearn", "us-east-1", version="1.2-1")
print(
    json.dumps(
        [
            run(
                "sklearn",
                SKLearnProcessor("1.2-1", **place),
                code=f"{source}/clean.py",
            ),
            run(
                "script",
                ScriptProcessor(image_uri=image, command=["python3"], **place),
                code=f"{source}/clean.py",
            ),
            run(
                "framework",
                FrameworkProcessor(SKLearn, "1.2-1", **place),
                code="clean.py",
                source_dir=source,
                logs=True,
            ),
        ]
    )
)
