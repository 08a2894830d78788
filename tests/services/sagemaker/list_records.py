"""Three records for each list of SageMaker, which differ in all that the list filters and sorts by.

They are called `alpha`, `beta` and `gamma`; their orders by name, by creation and by status differ.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from conformance.recipes.sagemaker_hosting import IMAGE
from outcrop.storage.records.interface import Document
from tests.services.direct import ACCOUNT
from tests.services.sagemaker.list_desk import LEFT, NAMES, Desk

Given: TypeAlias = Mapping[str, Any]
"""What a list must be asked with."""
Seed: TypeAlias = Callable[[Desk], Awaitable[Given]]
JOB_STATUSES = ("Completed", "Failed", "Stopped")
OBJECTIVES = {"alpha": 0.5, "gamma": 0.6, "beta": 2.0}


def arn(resource: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{resource}"


def jobs(operation: str, member: str, kind: str) -> Seed:
    """Return what makes three jobs that have ended differently."""

    async def seed(desk: Desk) -> Given:
        await desk.make_three(operation, member)
        await desk.leave(kind, *JOB_STATUSES)
        return {}

    return seed


async def transform_jobs(desk: Desk) -> Given:
    await desk.make("CreateModel", ModelName="model")
    return await jobs("CreateTransformJob", "TransformJobName", "transform-job")(desk)


async def training_jobs(desk: Desk) -> Given:
    """One has a warm pool that waits, one has one that another job took, one has none."""
    resources = {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 1,
        "KeepAlivePeriodInSeconds": 3600,
    }
    await desk.make("CreateTrainingJob", TrainingJobName="beta")
    await desk.make("CreateTrainingJob", TrainingJobName="gamma", ResourceConfig=resources)
    await desk.make(
        "CreateTrainingJob",
        TrainingJobName="alpha",
        ResourceConfig={**resources, "InstanceType": "ml.m5.xlarge"},
    )
    await desk.leave("training-job", *JOB_STATUSES)
    await desk.change("training-job", lambda job: {"ended": job["modified"]}, name="gamma")
    await desk.change("training-job", lambda job: {"status": "InProgress"}, name="alpha")
    return {}


async def tuning_trials(desk: Desk) -> Given:
    """The training jobs of a tuning job, with what each came to."""
    await desk.make("CreateHyperParameterTuningJob", HyperParameterTuningJobName="tuning")
    tuning = (await desk.find("hyper-parameter-tuning-job", "tuning")).document
    await desk.make_three("CreateTrainingJob", "TrainingJobName")
    for number, (name, status) in enumerate(zip(LEFT, JOB_STATUSES, strict=True)):
        told = {
            "job": "tuning",
            "number": number,
            "definition": 0,
            "definition_name": None,
            "tuned": {},
        }
        metrics = {"loss": {"Value": OBJECTIVES[name]}}
        members = {"tuning": told, "metrics": metrics, "status": status}
        await desk.change(
            "training-job",
            lambda _, members=members: members,
            name=name,
            indexes={"tuning-job": tuning["id"]},
        )
    return {"HyperParameterTuningJobName": "tuning"}


async def candidates(desk: Desk) -> Given:
    """The candidates of an AutoML job, with what each came to."""
    await desk.make("CreateAutoMLJobV2", AutoMLJobName="automl")
    automl = (await desk.find("automl-job", "automl")).document
    await desk.make_three("CreateTrainingJob", "TrainingJobName")
    for number, (name, status) in enumerate(zip(LEFT, JOB_STATUSES, strict=True)):
        members = {"automl": {"arn": automl["arn"], "number": number}, "status": status}
        await desk.change(
            "training-job",
            lambda _, members=members: members,
            name=name,
            indexes={"automl-job": automl["id"]},
        )
    results = {
        name: {
            "objective": "Accuracy",
            "problem_type": "BinaryClassification",
            "metrics": {"Accuracy": value},
        }
        for name, value in OBJECTIVES.items()
    }
    await desk.change("automl-job", lambda _: {"results": results}, name="automl")
    return {"AutoMLJobName": "automl"}


async def models(desk: Desk) -> Given:
    await desk.make_three("CreateModel", "ModelName")
    return {}


async def endpoint_configs(desk: Desk) -> Given:
    await desk.make("CreateModel", ModelName="model")
    await desk.make_three("CreateEndpointConfig", "EndpointConfigName")
    return {}


async def endpoints(desk: Desk) -> Given:
    await desk.make("CreateModel", ModelName="model")
    await desk.make("CreateEndpointConfig", EndpointConfigName="config")
    await desk.make_three("CreateEndpoint", "EndpointName", EndpointConfigName="config")
    await desk.leave("endpoint", "Creating", "Failed", "InService")
    return {}


async def inference_components(desk: Desk) -> Given:
    """Each is on an endpoint of its own and on a variant of another name."""
    await desk.make("CreateModel", ModelName="model")
    for name in NAMES:
        variant = {
            "VariantName": f"on-{name}",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        await desk.make(
            "CreateEndpointConfig",
            EndpointConfigName=name,
            ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/role",
            ProductionVariants=[variant],
        )
        await desk.make("CreateEndpoint", EndpointName=f"of-{name}", EndpointConfigName=name)
        await desk.change(
            "endpoint",
            lambda endpoint: {"status": "InService", "deployment": endpoint["pending"]},
            name=f"of-{name}",
        )
        await desk.make(
            "CreateInferenceComponent",
            InferenceComponentName=name,
            EndpointName=f"of-{name}",
            VariantName=variant["VariantName"],
            Specification={
                "ModelName": "model",
                "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128},
            },
            RuntimeConfig={"CopyCount": 0},
        )
    await desk.leave("inference-component", "Creating", "Failed", "InService")
    return {}


async def recommendations(desk: Desk) -> Given:
    """One is of a model, one of another, one of a version of a package."""
    for model in ("first", "second"):
        await desk.make("CreateModel", ModelName=model)
    await desk.make("CreateModelPackageGroup", ModelPackageGroupName="group")
    await desk.tell("CreateModelPackage", ModelPackageGroupName="group", **PACKAGE)
    container = {"PayloadConfig": {"SamplePayloadUrl": "s3://none/payload"}}
    inputs = (
        {"ModelName": "first"},
        {"ModelName": "second"},
        {"ModelPackageVersionArn": arn("model-package/group/1")},
    )
    for name, given in zip(NAMES, inputs, strict=True):
        await desk.make(
            "CreateInferenceRecommendationsJob",
            JobName=name,
            InputConfig={**given, "ContainerConfig": container},
        )
    await desk.leave("inference-recommendations-job", "COMPLETED", "FAILED", "STOPPED")
    return {}


async def recommendation_steps(desk: Desk) -> Given:
    """Three tests that have ended differently."""
    await desk.make("CreateModel", ModelName="model")
    await desk.make("CreateInferenceRecommendationsJob", JobName="job")

    def ended(job: Document) -> Mapping[str, Any]:
        tests = [
            {**test, "status": status}
            for test, status in zip(job["tests"], ("COMPLETED", "FAILED", "STOPPED"), strict=False)
        ]
        return {"tests": tests}

    await desk.change("inference-recommendations-job", ended, name="job")
    return {"JobName": "job"}


def entities(operation: str, member: str, **of: str) -> Seed:
    """Return what makes three actions or contexts, each of another source and type."""

    async def seed(desk: Desk) -> Given:
        for name in NAMES:
            given = {member: name, "Source": {"SourceUri": f"s3://{name}"}}
            await desk.make(operation, **given, **{key: f"{of[key]}-{name}" for key in of})
        return {}

    return seed


async def artifacts(desk: Desk) -> Given:
    for name in NAMES:
        await desk.make(
            "CreateArtifact",
            ArtifactName=name,
            ArtifactType=f"type-{name}",
            Source={"SourceUri": f"s3://{name}"},
        )
    return {}


SOURCE_TYPES = {"beta": "1", "alpha": "2", "gamma": "3"}
DESTINATION_TYPES = {"alpha": "1", "gamma": "2", "beta": "3"}


async def associations(desk: Desk) -> Given:
    """Three, none of which shares an end or a type with another; all orders differ."""
    kinds = ("AssociatedWith", "ContributedTo", "Produced")
    for source, destination, kind in zip(NAMES, LEFT, kinds, strict=True):
        await desk.make("CreateContext", ContextName=source, ContextType=SOURCE_TYPES[source])
        kind_of_action = DESTINATION_TYPES[source]
        await desk.make("CreateAction", ActionName=destination, ActionType=kind_of_action)
        await desk.make(
            "AddAssociation",
            SourceArn=arn(f"context/{source}"),
            DestinationArn=arn(f"action/{destination}"),
            AssociationType=kind,
        )
    return {}


async def experiments(desk: Desk) -> Given:
    await desk.make_three("CreateExperiment", "ExperimentName")
    return {}


async def trials(desk: Desk) -> Given:
    """Each is of an experiment of its own and has a component of its own."""
    for name in NAMES:
        await desk.make("CreateExperiment", ExperimentName=f"for-{name}")
        await desk.make("CreateTrial", TrialName=name, ExperimentName=f"for-{name}")
        await desk.make("CreateTrialComponent", TrialComponentName=f"in-{name}")
        await desk.make("AssociateTrialComponent", TrialName=name, TrialComponentName=f"in-{name}")
    return {}


async def trial_components(desk: Desk) -> Given:
    """Each is in a trial of its own; the source of one is a training job."""
    for name in NAMES:
        await desk.make("CreateExperiment", ExperimentName=f"for-{name}")
        await desk.make("CreateTrial", TrialName=f"of-{name}", ExperimentName=f"for-{name}")
    for name in NAMES[:2]:
        await desk.make("CreateTrialComponent", TrialComponentName=name)
        await desk.make("AssociateTrialComponent", TrialComponentName=name, TrialName=f"of-{name}")
    experiment = {"ExperimentName": "for-alpha", "TrialName": "of-alpha"}
    await desk.make("CreateTrainingJob", TrainingJobName="a", ExperimentConfig=experiment)
    return {}


async def lineage_groups(desk: Desk) -> Given:
    del desk
    return {}


async def hubs(desk: Desk) -> Given:
    await desk.make_three("CreateHub", "HubName")
    for name in LEFT:
        await desk.change("hub", lambda _: {}, name=name)
    return {}


SCHEMAS = {"beta": "1.0.0", "gamma": "2.1.0", "alpha": "10.0.0"}


async def hub_contents(desk: Desk) -> Given:
    """Three models, each by another schema, and one notebook."""
    await desk.make("CreateHub", HubName="hub")
    for name, schema in SCHEMAS.items():
        await desk.make(
            "ImportHubContent",
            HubName="hub",
            HubContentName=name,
            DocumentSchemaVersion=schema,
        )
    await desk.make(
        "ImportHubContent", HubName="hub", HubContentName="book", HubContentType="Notebook"
    )
    return {"HubName": "hub", "HubContentType": "Model"}


async def hub_content_versions(desk: Desk) -> Given:
    """Three versions, each by another schema."""
    await desk.make("CreateHub", HubName="hub")
    for version in SCHEMAS.values():
        await desk.make(
            "ImportHubContent",
            HubName="hub",
            HubContentName="content",
            HubContentVersion=version,
            DocumentSchemaVersion=version,
        )
    return {"HubName": "hub", "HubContentType": "Model", "HubContentName": "content"}


async def model_cards(desk: Desk) -> Given:
    for name, status in zip(NAMES, ("Draft", "PendingReview", "Approved"), strict=True):
        await desk.make("CreateModelCard", ModelCardName=name, ModelCardStatus=status)
    return {}


async def model_card_versions(desk: Desk) -> Given:
    """Three versions, each left in another state."""
    await desk.make("CreateModelCard", ModelCardName="card", ModelCardStatus="Draft")
    for number, status in ((2, "PendingReview"), (3, "Approved")):
        content = f'{{"model_overview": {{"model_version": {number}}}}}'
        await desk.tell("UpdateModelCard", ModelCardName="card", Content=content)
        await desk.tell("UpdateModelCard", ModelCardName="card", ModelCardStatus=status)
    return {"ModelCardName": "card"}


async def model_card_exports(desk: Desk) -> Given:
    """Exports of three versions: there is no bucket, so all have failed but the one changed."""
    await model_card_versions(desk)
    for version, name in enumerate(NAMES, start=1):
        await desk.make(
            "CreateModelCardExportJob",
            ModelCardName="card",
            ModelCardVersion=version,
            ModelCardExportJobName=name,
        )
    await desk.leave("model-card-export-job", "Completed", "Failed", "InProgress")
    return {"ModelCardName": "card"}


PACKAGE: Mapping[str, Any] = {
    "InferenceSpecification": {
        "Containers": [{"Image": IMAGE}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
}


async def model_package_groups(desk: Desk) -> Given:
    await desk.make_three("CreateModelPackageGroup", "ModelPackageGroupName")
    return {}


async def model_packages(desk: Desk) -> Given:
    """Three with names of their own, each approved otherwise, and two of a group."""
    await desk.make("CreateModelPackageGroup", ModelPackageGroupName="group")
    for name, status in zip(NAMES, ("Approved", "Rejected", "PendingManualApproval"), strict=True):
        await desk.tell(
            "CreateModelPackage", ModelPackageName=name, ModelApprovalStatus=status, **PACKAGE
        )
    for _ in range(2):
        await desk.tell("CreateModelPackage", ModelPackageGroupName="group", **PACKAGE)
    return {}


async def tracking_servers(desk: Desk) -> Given:
    await desk.make_three("CreateMlflowTrackingServer", "TrackingServerName")
    await desk.leave("mlflow-tracking-server", "Created", "CreateFailed", "Stopped")
    await desk.change("mlflow-tracking-server", lambda _: {"version": "2.16.2"}, name="beta")
    return {}


async def apps(desk: Desk) -> Given:
    await desk.make_three("CreateMlflowApp", "Name")
    statuses = ("Created", "CreateFailed", "Updated")
    await desk.leave("mlflow-app", *statuses)
    await desk.change("mlflow-app", lambda _: {"version": "2.16.2"}, name="beta")
    for app in (await desk.ask("ListMlflowApps"))["Summaries"]:
        if app["Name"] == "gamma":
            await desk.tell(
                "UpdateMlflowApp",
                Arn=app["Arn"],
                DefaultDomainIdList=["d-1"],
                AccountDefaultStatus="ENABLED",
            )
    await desk.leave("mlflow-app", *statuses)
    return {}


async def compilation_jobs(desk: Desk) -> Given:
    await desk.make_three("CreateCompilationJob", "CompilationJobName")
    await desk.leave("compilation-job", *JOB_STATUSES)
    return {}


async def tags(desk: Desk) -> Given:
    given = [{"Key": name, "Value": name} for name in NAMES]
    await desk.make("CreateTrainingJob", TrainingJobName="job", Tags=given)
    return {"ResourceArn": arn("training-job/job")}


SEEDS: Mapping[str, Seed] = {
    "ListActions": entities("CreateAction", "ActionName", ActionType="type"),
    "ListArtifacts": artifacts,
    "ListAssociations": associations,
    "ListAutoMLJobs": jobs("CreateAutoMLJobV2", "AutoMLJobName", "automl-job"),
    "ListCandidatesForAutoMLJob": candidates,
    "ListCompilationJobs": compilation_jobs,
    "ListContexts": entities("CreateContext", "ContextName", ContextType="type"),
    "ListEndpointConfigs": endpoint_configs,
    "ListEndpoints": endpoints,
    "ListExperiments": experiments,
    "ListHubContentVersions": hub_content_versions,
    "ListHubContents": hub_contents,
    "ListHubs": hubs,
    "ListHyperParameterTuningJobs": jobs(
        "CreateHyperParameterTuningJob", "HyperParameterTuningJobName", "hyper-parameter-tuning-job"
    ),
    "ListInferenceComponents": inference_components,
    "ListInferenceRecommendationsJobSteps": recommendation_steps,
    "ListInferenceRecommendationsJobs": recommendations,
    "ListLineageGroups": lineage_groups,
    "ListMlflowApps": apps,
    "ListMlflowTrackingServers": tracking_servers,
    "ListModelCardExportJobs": model_card_exports,
    "ListModelCardVersions": model_card_versions,
    "ListModelCards": model_cards,
    "ListModelPackageGroups": model_package_groups,
    "ListModelPackages": model_packages,
    "ListModels": models,
    "ListProcessingJobs": jobs("CreateProcessingJob", "ProcessingJobName", "processing-job"),
    "ListTags": tags,
    "ListTrainingJobs": training_jobs,
    "ListTrainingJobsForHyperParameterTuningJob": tuning_trials,
    "ListTransformJobs": transform_jobs,
    "ListTrialComponents": trial_components,
    "ListTrials": trials,
}
"""What makes the records of a list, and returns what it must be asked with."""
