"""What SageMaker keeps of machine learning: experiments, lineage, the model registry, searches."""

import json
from collections.abc import Mapping
from typing import Any

from conformance.policy_documents import resource_permission
from conformance.recipes.steps import Maker

SPECIFICATION = {
    "Containers": [{"Image": "img:1", "ModelDataUrl": "s3://none/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


PUBLIC_MODEL = (
    "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model"
    "/sklearn-classification-linear"
)


def values(account: str) -> Mapping[str, Any]:
    """Return names, documents, and the ARNs of what is made before it is asked for."""

    def arn(resource: str) -> str:
        return f"arn:aws:sagemaker:us-east-1:{account}:{resource}"

    return {
        "ActionName": "action",
        "ArtifactName": "artifact",
        "Content": json.dumps({"model_overview": {"model_name": "model"}}),
        "ContextName": "context",
        "CreateModelCardExportJob.OutputConfig": {"S3OutputPath": "s3://none/cards"},
        "ExperimentName": "experiment",
        "HubContentDocument": "{}",
        "HubContentName": "content",
        "HubContentType": "Model",
        "HubContentVersion": "1.0.0",
        "HubName": "hub",
        "SageMakerPublicHubContentArn": PUBLIC_MODEL,
        "MinVersion": "1.0.0",
        "CreateHubContentReference.HubContentName": "content",
        "DeleteHubContentReference.HubContentType": "ModelReference",
        "UpdateHubContentReference.HubContentType": "ModelReference",
        "InferenceSpecification": SPECIFICATION,
        "AdditionalInferenceSpecifications": [{"Name": "other", **SPECIFICATION}],
        "AdditionalInferenceSpecificationsToAdd": [{"Name": "third", **SPECIFICATION}],
        "LineageGroupName": "sagemaker-default-lineage-group",
        "ModelCardExportJobName": "export",
        "ModelCardName": "card",
        "ModelCardVersion": 1,
        "ModelPackageArnList": [arn("model-package/group/1"), arn("model-package/group/2")],
        "ModelPackageGroupName": "group",
        "PutModelPackageGroupPolicy.ResourcePolicy": resource_permission(
            account, "sagemaker:DescribeModelPackage", resource=arn("model-package/group/*")
        ),
        "SearchExpression": {
            "Filters": [{"Name": "ExperimentName", "Operator": "Contains", "Value": "e"}],
            "NestedFilters": [
                {
                    "NestedPropertyName": "Parents",
                    "Filters": [{"Name": "Parents.TrialName", "Operator": "Exists"}],
                }
            ],
            "Operator": "Or",
        },
        "StartArns": [arn("context/context")],
        "TrialComponentName": "component",
        "TrialName": "trial",
    }


ARTIFACT = Maker("CreateArtifact", "ArtifactArn")
CONTEXT = Maker("CreateContext", "ContextArn")
PACKAGE = Maker("CreateModelPackage", "ModelPackageArn")
MAKERS = {
    "ActionName": Maker("CreateAction"),
    "ArtifactArn": ARTIFACT,
    "ContextName": Maker("CreateContext"),
    "AddAssociation.SourceArn": ARTIFACT,
    "AddAssociation.DestinationArn": CONTEXT,
    "DeleteAssociation.SourceArn": ARTIFACT,
    "DeleteAssociation.DestinationArn": CONTEXT,
    "ExperimentName": Maker("CreateExperiment"),
    "HubContentVersion": Maker("ImportHubContent"),
    "HubName": Maker("CreateHub"),
    "ModelCardExportJobArn": Maker("CreateModelCardExportJob", "ModelCardExportJobArn"),
    "ModelCardName": Maker("CreateModelCard"),
    "ModelPackageArn": PACKAGE,
    "ModelPackageGroupName": Maker("CreateModelPackageGroup"),
    "DescribeModelPackage.ModelPackageName": PACKAGE,
    "DeleteModelPackage.ModelPackageName": PACKAGE,
    "StartArns": Maker("CreateContext"),
    "TrialComponentName": Maker("CreateTrialComponent"),
    "TrialName": Maker("CreateTrial"),
}
BEFORE = {
    "BatchDescribeModelPackage": ("CreateModelPackage",),
    "DeleteAssociation": ("AddAssociation",),
    "DeleteHubContentReference": ("CreateHubContentReference",),
    "DeleteModelPackageGroupPolicy": ("PutModelPackageGroupPolicy",),
    "GetModelPackageGroupPolicy": ("PutModelPackageGroupPolicy",),
    "GetSearchSuggestions": ("AssociateTrialComponent",),
    "ListActions": ("CreateAction",),
    "ListArtifacts": ("CreateArtifact",),
    "ListAssociations": ("AddAssociation",),
    "ListContexts": ("CreateContext",),
    "ListExperiments": ("CreateExperiment",),
    "ListHubContents": ("ImportHubContent",),
    "ListHubContentVersions": ("ImportHubContent",),
    "ListHubs": ("CreateHub",),
    "ListModelCardExportJobs": ("CreateModelCardExportJob",),
    "ListModelCards": ("CreateModelCard",),
    "ListModelPackageGroups": ("CreateModelPackageGroup",),
    "ListModelPackages": ("CreateModelPackage",),
    "ListTrialComponents": ("AssociateTrialComponent",),
    "ListTrials": ("AssociateTrialComponent",),
    "QueryLineage": ("AddAssociation",),
    "UpdateHubContentReference": ("CreateHubContentReference",),
    "Search": (
        "AssociateTrialComponent",
        "CreateModelCard",
        "CreateModelPackage",
        "CreateTrainingJob",
    ),
}
NEEDED = {
    "DescribeHubContent": ("HubContentVersion",),
    "ImportHubContent": ("HubContentVersion",),
    "CreateModelPackage": ("InferenceSpecification", "ModelPackageGroupName"),
    "DeleteArtifact": ("ArtifactArn",),
    "UpdateModelCard": ("Content",),
}
WITHOUT = {
    "CreateModelPackage": (
        "CertifyForMarketplace",
        "ModelPackageName",
        "SourceAlgorithmSpecification",
        "ValidationSpecification",
    ),
    "DeleteArtifact": ("Source",),
    "ListTrialComponents": ("ExperimentName", "SourceArn"),
    "UpdateModelCard": ("ModelCardStatus",),
}
