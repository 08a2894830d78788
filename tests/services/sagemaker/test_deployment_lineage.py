"""What endpoints and model packages leave in lineage by themselves."""

from typing import Any

from tests.services.sagemaker.endpoint_account import EndpointAccount, packed
from tests.services.sagemaker.test_language_models import LMI, MODEL


def uris(sagemaker: Any, start: str, direction: str) -> set[tuple[str, str]]:
    """Return the types and sources of all that lies before or behind an entity."""
    answer = sagemaker.query_lineage(StartArns=[start], Direction=direction, MaxDepth=10)
    found: set[tuple[str, str]] = set()
    for vertex in (one for one in answer["Vertices"] if one["Arn"] != start):
        kind = vertex["LineageType"]
        describe = getattr(sagemaker, f"describe_{kind.lower()}")
        name = "ArtifactArn" if kind == "Artifact" else f"{kind}Name"
        value = vertex["Arn"] if kind == "Artifact" else vertex["Arn"].split("/")[1]
        found.add((vertex["Type"], describe(**{name: value})["Source"]["SourceUri"]))
    return found


def test_an_endpoint_is_traced_to_the_package_and_the_data_that_it_serves(
    endpoints: EndpointAccount,
) -> None:
    sagemaker = endpoints.sagemaker
    data = f"s3://{endpoints.bucket}/model.tar.gz"
    archive = packed({"serving.properties": f"option.model_id={MODEL}\n"})
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="model.tar.gz", Body=archive)
    sagemaker.create_model_package_group(ModelPackageGroupName="Coders")
    package = sagemaker.create_model_package(
        ModelPackageGroupName="Coders",
        InferenceSpecification={
            "Containers": [{"Image": LMI, "ModelDataUrl": data}],
            "SupportedContentTypes": ["application/json"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    model = sagemaker.create_model(
        ModelName="coder",
        ExecutionRoleArn=f"arn:aws:iam::{endpoints.id}:role/server",
        PrimaryContainer={"ModelPackageName": package},
    )["ModelArn"]
    endpoints.configure("coder", {"ModelName": "coder"})
    sagemaker.create_endpoint(EndpointName="coder", EndpointConfigName="coder")
    endpoint = endpoints.wait("coder")["EndpointArn"]

    context = sagemaker.describe_context(ContextName="coder-aws-endpoint")
    before = uris(sagemaker, context["ContextArn"], "Ascendants")
    behind = uris(sagemaker, context["ContextArn"], "Descendants")
    group = sagemaker.describe_context(ContextName="Coders-aws-model-group")
    approvals = sagemaker.list_actions(ActionType="Approval", SourceUri=package)

    assert context["Source"] == {"SourceUri": endpoint, "SourceType": "ARN"}
    deployment = ("ModelDeployment", endpoint)
    assert before == {deployment, ("Image", LMI), ("Model", data), ("Model", package)}
    assert behind == {deployment, ("Model", model)}
    assert uris(sagemaker, group["ContextArn"], "Ascendants") == {
        ("Image", LMI),
        ("Model", data),
        ("Model", package),
    }
    names = [one["ActionName"] for one in approvals["ActionSummaries"]]
    assert sorted(name.rpartition("-aws")[0].rpartition("-")[0] for name in names) == [
        "Coders-1-Approved",
        "Coders-1-PendingManualApproval",
    ]


def test_what_is_deployed_again_is_traced_once_more(endpoints: EndpointAccount) -> None:
    for name in ("one", "two"):
        endpoints.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=f"arn:aws:iam::{endpoints.id}:role/server",
            PrimaryContainer={"Image": LMI, "Environment": {"HF_MODEL_ID": MODEL}},
        )
        endpoints.configure(name, {"ModelName": name})
    endpoints.sagemaker.create_endpoint(EndpointName="one", EndpointConfigName="one")
    endpoint = endpoints.wait("one")["EndpointArn"]
    endpoints.sagemaker.update_endpoint(EndpointName="one", EndpointConfigName="two")
    endpoints.wait("one")

    actions = endpoints.sagemaker.list_actions(ActionType="ModelDeployment", SourceUri=endpoint)

    assert len(actions["ActionSummaries"]) == 2
    context = endpoints.sagemaker.describe_context(ContextName="one-aws-endpoint")["ContextArn"]
    models = {
        uri for kind, uri in uris(endpoints.sagemaker, context, "Descendants") if kind == "Model"
    }
    assert {uri.rpartition("/")[2] for uri in models} == {"one", "two"}
