"""AutoML jobs without data, whose candidates end before anything is installed for them."""

from collections.abc import Mapping
from typing import Any

from conformance.recipes.steps import Maker

CHANNEL = {
    "ContentType": "text/csv;header=present",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://none/rows/"}},
}
CRITERIA = {"MaxCandidates": 1, "MaxRuntimePerTrainingJobInSeconds": 60}


def values(account: str) -> Mapping[str, Any]:
    """Return an AutoML job."""
    del account
    table = {"TargetAttributeName": "kind", "CompletionCriteria": CRITERIA}
    return {
        "AutoMLJobName": "automl",
        "AutoMLJobConfig": {"CompletionCriteria": CRITERIA},
        "AutoMLJobInputDataConfig": [CHANNEL],
        "AutoMLJobObjective": {"MetricName": "Accuracy"},
        "AutoMLProblemTypeConfig": {
            "TabularJobConfig": {**table, "ProblemType": "BinaryClassification"}
        },
        "CreateAutoMLJob.InputDataConfig": [{**CHANNEL, "TargetAttributeName": "kind"}],
        "CreateAutoMLJob.ProblemType": "BinaryClassification",
    }


NEEDED = {
    "CreateAutoMLJob": ("ProblemType", "AutoMLJobObjective"),
    "CreateAutoMLJobV2": ("AutoMLJobObjective",),
}
MAKERS = {
    "DescribeAutoMLJob.AutoMLJobName": Maker("CreateAutoMLJob"),
    "DescribeAutoMLJobV2.AutoMLJobName": Maker("CreateAutoMLJobV2"),
    "ListCandidatesForAutoMLJob.AutoMLJobName": Maker("CreateAutoMLJobV2"),
    "StopAutoMLJob.AutoMLJobName": Maker("CreateAutoMLJobV2"),
}
BEFORE = {"ListAutoMLJobs": ("CreateAutoMLJobV2",)}
WITHOUT = {
    "CreateAutoMLJob": ("GenerateCandidateDefinitionsOnly", "ModelDeployConfig"),
    "CreateAutoMLJobV2": ("AutoMLComputeConfig", "ModelDeployConfig", "SecurityConfig"),
}
