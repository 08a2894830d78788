"""Compilation jobs without a model, which fail before anything is installed for them."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes.steps import Maker


def values(account: str) -> Mapping[str, Any]:
    """Return a compilation job."""
    del account
    return {
        "CompilationJobName": "compilation",
        "CreateCompilationJob.InputConfig": {
            "S3Uri": "s3://none/model.tar.gz",
            "DataInputConfig": '{"input0": [1, 4]}',
            "Framework": "PYTORCH",
            "FrameworkVersion": "2.0",
        },
        "CreateCompilationJob.OutputConfig": {
            "S3OutputLocation": "s3://none/compiled",
            "TargetDevice": "ml_c5",
            "CompilerOptions": '{"dtype": "float32"}',
        },
    }


NEEDED = {"CreateCompilationJob": ("InputConfig",)}
MAKERS = {
    "DescribeCompilationJob.CompilationJobName": Maker("CreateCompilationJob"),
    "DeleteCompilationJob.CompilationJobName": Maker("CreateCompilationJob"),
    "StopCompilationJob.CompilationJobName": Maker("CreateCompilationJob"),
}
BEFORE = {"ListCompilationJobs": ("CreateCompilationJob",)}
WITHOUT = {"CreateCompilationJob": ("ModelPackageVersionArn", "VpcConfig")}
ENDED = ("COMPLETED", "FAILED", "STOPPED")


def end(client: Client) -> None:
    """Wait until the job has ended, as it soon does for want of a model."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told = client.of("sagemaker").ask(
            "DescribeCompilationJob", CompilationJobName="compilation"
        )
        if told["CompilationJobStatus"] in ENDED:
            return
        time.sleep(0.1)
