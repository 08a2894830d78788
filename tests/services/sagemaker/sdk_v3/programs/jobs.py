"""Process with scripts, transform with a model, and track a run."""

import io
import json
import sys
import tarfile

import boto3
from sagemaker.core.experiments.run import Run, load_run
from sagemaker.core.processing import FrameworkProcessor, ScriptProcessor
from sagemaker.core.resources import Model, ProcessingJob, TransformJob
from sagemaker.core.shapes import (
    ContainerDefinition,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)
from sagemaker.core.transformer import Transformer

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
FOLDER = "/opt/ml/processing"

bucket, scripts = sys.argv[1:]
role = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(Bucket=bucket, Key="in/rows.csv", Body="1\n2\n")


def told(key):
    """Return what an object says."""
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


def files(key):
    """Return the inputs and the outputs of a job."""
    return {
        "inputs": [
            ProcessingInput(
                input_name="rows",
                s3_input=ProcessingS3Input(
                    s3_uri=f"s3://{bucket}/in/",
                    local_path=f"{FOLDER}/input",
                    s3_data_type="S3Prefix",
                    s3_input_mode="File",
                ),
            )
        ],
        "outputs": [
            ProcessingOutput(
                output_name="doubled",
                s3_output=ProcessingS3Output(
                    s3_uri=f"s3://{bucket}/{key}/",
                    local_path=f"{FOLDER}/output",
                    s3_upload_mode="EndOfJob",
                ),
            )
        ],
    }


place = {"image_uri": IMAGE, "role": role, "instance_count": 1, "instance_type": "ml.m5.large"}
script = ScriptProcessor(command=["python3"], **place)
script.run(code=f"{scripts}/double.py", arguments=["--by", "script"], logs=False, **files("script"))
folder = FrameworkProcessor(command=["python3"], **place)
folder.run(
    code="double.py", source_dir=scripts, arguments=["--by", "folder"], logs=True, **files("folder")
)

packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:gz") as archive:
    archive.add(f"{scripts}/echo.py", "code/inference.py")
s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=packed.getvalue())
model = Model.create(
    model_name="echo",
    primary_container=ContainerDefinition(
        image=IMAGE, model_data_url=f"s3://{bucket}/model.tar.gz"
    ),
    execution_role_arn=role,
)
transformer = Transformer(
    "echo",
    1,
    "ml.m5.large",
    strategy="MultiRecord",
    assemble_with="Line",
    output_path=f"s3://{bucket}/predicted/",
)
transformer.transform(
    f"s3://{bucket}/in/", content_type="text/csv", split_type="Line", wait=True, logs=True
)
model.delete()

with Run(experiment_name="doubling", run_name="first") as run:
    run.log_parameter("by", 2)
    for step in range(3):
        run.log_metric("loss", 1 / (step + 1), step=step)
with load_run(experiment_name="doubling", run_name="first") as run:
    parameters = run._trial_component.parameters

print(
    json.dumps(
        {
            "processed": [told("script/doubled.csv"), told("folder/doubled.csv")],
            "processing": [job.processing_job_status for job in ProcessingJob.get_all()],
            "transform": [job.transform_job_status for job in TransformJob.get_all()],
            "transformed": told("predicted/rows.csv.out"),
            "parameters": parameters,
        }
    )
)
