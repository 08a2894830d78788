"""Register models, approve and deploy one, write its card, and follow where it comes from."""

import io
import json
import tarfile

import boto3
import sagemaker
from sagemaker.drift_check_baselines import DriftCheckBaselines
from sagemaker.lineage.artifact import Artifact
from sagemaker.lineage.association import Association
from sagemaker.lineage.context import Context
from sagemaker.lineage.query import LineageQuery, LineageQueryDirectionEnum
from sagemaker.model import Model, ModelPackage
from sagemaker.model_card import ModelCard, ModelOverview
from sagemaker.model_metrics import MetricsSource, ModelMetrics

ROLE = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
SCRIPT = b"""
def model_fn(folder):
    return None
def transform_fn(model, body, content_type, accept):
    return body[::-1], "text/csv"
"""
session = sagemaker.Session()
client = session.sagemaker_client
bucket = session.default_bucket()
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:gz") as archive:
    entry = tarfile.TarInfo("code/inference.py")
    entry.size = len(SCRIPT)
    archive.addfile(entry, io.BytesIO(SCRIPT))
boto3.client("s3").put_object(Bucket=bucket, Key="model.tar.gz", Body=packed.getvalue())

client.create_model_package_group(ModelPackageGroupName="grp", ModelPackageGroupDescription="d")
statistics = MetricsSource("application/json", f"s3://{bucket}/statistics.json")
packages = [
    Model(
        image_uri="sagemaker-scikit-learn:1.2-1",
        model_data=f"s3://{bucket}/model.tar.gz",
        sagemaker_session=session,
    ).register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name=group,
        approval_status="PendingManualApproval",
        model_metrics=ModelMetrics(model_statistics=statistics),
        drift_check_baselines=DriftCheckBaselines(model_statistics=statistics),
        customer_metadata_properties={"a": "b"},
        description="d",
    )
    for group in ("grp", "grp", "made-by-the-sdk")
]
package = ModelPackage(
    model_package_arn=packages[0].model_package_arn, role=ROLE, sagemaker_session=session
)
package.update_approval_status("Approved", approval_description="fine")
package.update_customer_metadata({"c": "d"})
approved = client.list_model_packages(
    ModelPackageGroupName="grp", ModelApprovalStatus="Approved", SortBy="CreationTime"
)["ModelPackageSummaryList"]
told = client.describe_model_package(ModelPackageName=packages[0].model_package_arn)

package.deploy(1, "ml.m5.large", endpoint_name="registered")
answer = (
    boto3.client("sagemaker-runtime")
    .invoke_endpoint(EndpointName="registered", ContentType="text/csv", Body=b"1,2,3")["Body"]
    .read()
)

card = ModelCard(
    name="card",
    status="Draft",
    model_overview=ModelOverview(model_name="m"),
    sagemaker_session=session,
)
card.create()
card.model_overview.model_description = "predicts"
card.update()
exported = card.export_pdf(s3_output_path=f"s3://{bucket}/pdf")
loaded = ModelCard.load("card", sagemaker_session=session)

data = Artifact.create(
    source_uri=f"s3://{bucket}/x",
    artifact_type="DataSet",
    artifact_name="data",
    sagemaker_session=session,
)
endpoint = Context.create(
    context_name="c", source_uri="u", context_type="Endpoint", sagemaker_session=session
)
Association.create(
    source_arn=data.artifact_arn,
    destination_arn=endpoint.context_arn,
    association_type="ContributedTo",
    sagemaker_session=session,
)
edges = list(Association.list(sagemaker_session=session))
found = LineageQuery(session).query(
    start_arns=[endpoint.context_arn], direction=LineageQueryDirectionEnum.ASCENDANTS
)
data.delete(disassociate=True)

print()  # The SDK's dots have no end of line.
print(
    json.dumps(
        {
            "packages": [one.model_package_arn.partition(":model-package/")[2] for one in packages],
            "approved": [one["ModelPackageVersion"] for one in approved],
            "customers": told["CustomerMetadataProperties"],
            "statistics": told["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"],
            "container": told["InferenceSpecification"]["Containers"][0]["Image"],
            "answer": answer.decode(),
            "card": (loaded.version, loaded.model_overview.model_description),
            "exported": exported.removeprefix(f"s3://{bucket}/"),
            "edges": [
                (one.source_name, one.association_type, one.destination_name)
                for one in edges
                if one.source_name == "data"
            ],
            "deployments": sorted(
                {
                    one.destination_name.rpartition("-aws-")[2]
                    for one in edges
                    if one.destination_type == "ModelDeployment"
                }
            ),
            "vertices": sorted(vertex.lineage_source for vertex in found.vertices),
            "left": [
                one.artifact_name
                for one in Artifact.list(sagemaker_session=session)
                if one.artifact_name == "data"
            ],
        }
    )
)
