"""Transform rows with a model of a script alone, joined with their predictions."""

import io
import json
import sys
import tarfile

import boto3
from sagemaker.sklearn import SKLearnModel

bucket, script = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
empty = io.BytesIO()
tarfile.open(fileobj=empty, mode="w:gz").close()
s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=empty.getvalue())
s3.put_object(Bucket=bucket, Key="rows/a.csv", Body="first,1,2\nsecond,3,4\n")

model = SKLearnModel(
    model_data=f"s3://{bucket}/model.tar.gz", entry_point=script, framework_version="1.2-1"
)
transformer = model.transformer(
    instance_count=1,
    instance_type="ml.m5.large",
    strategy="MultiRecord",
    assemble_with="Line",
    accept="text/csv",
    max_concurrent_transforms=2,
    output_path=f"s3://{bucket}/predictions",
)
transformer.transform(
    f"s3://{bucket}/rows/",
    content_type="text/csv",
    split_type="Line",
    join_source="Input",
    input_filter="$[1:]",
    output_filter="$[0,-1]",
    wait=True,
    logs=False,
)
body = s3.get_object(Bucket=bucket, Key="predictions/a.csv.out")["Body"]
transformer.delete_model()
print(json.dumps(body.read().decode().splitlines()))
