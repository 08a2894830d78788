"""Inference components: models that share the instances of an endpoint."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.jobs.interface import Usage
from outcrop.services.sagemaker.components.utilization import normalized
from tests.services.sagemaker.component_account import (
    VARIANT,
    WHO,
    ComponentAccount,
    needs_of,
)
from tests.services.sagemaker.endpoint_account import ECHO, EndpointAccount, packed
from tests.services.sagemaker.test_training_jobs import IMAGE

NO_ROOM = (
    "There is not enough hardware resources on the instances for this endpoint to create a copy of"
    " the inference component. Update the resource requirements of this inference component,"
    " remove other inference components, or increase the number of instances of this endpoint."
)


@pytest.fixture
def components(endpoints: EndpointAccount) -> ComponentAccount:
    """What the test's account does with inference components."""
    return ComponentAccount(endpoints)


def told(error: pytest.ExceptionInfo[ClientError]) -> dict[str, str]:
    return error.value.response["Error"]  # type: ignore[return-value]


def test_components_share_an_endpoint_and_each_answers_for_itself(
    components: ComponentAccount,
) -> None:
    components.host()
    first = components.deploy("first", copies=1)
    components.deploy("second")

    assert components.ask("first", 1) == {"model": "first", "data": 1}
    assert components.ask("second", 2) == {"model": "second", "data": 2}
    assert components.streamed("first") == {"model": "first", "data": None}
    account = components.user.id
    arn = f"arn:aws:sagemaker:us-east-1:{account}"
    moments = {name: first[name] for name in ("CreationTime", "LastModifiedTime")}
    assert all(isinstance(one, datetime) for one in moments.values())
    assert {name: value for name, value in first.items() if name != "ResponseMetadata"} == {
        **moments,
        "InferenceComponentName": "first",
        "InferenceComponentArn": f"{arn}:inference-component/first",
        "EndpointName": "host",
        "EndpointArn": f"{arn}:endpoint/host",
        "VariantName": VARIANT,
        "InferenceComponentStatus": "InService",
        "Specification": {"ModelName": "first", "ComputeResourceRequirements": needs_of()},
        "RuntimeConfig": {
            "DesiredCopyCount": 1,
            "CurrentCopyCount": 1,
            "PlacementStatus": [{"InstanceType": "ml.m5.large", "CurrentCopyCount": 1}],
        },
    }


def test_requests_name_a_component_where_there_are_some_and_nowhere_else(
    components: ComponentAccount,
) -> None:
    components.host()
    components.user.deploy("model")

    for endpoint, more, said in (
        (
            "host",
            {},
            "Inference Component Name header is required for endpoints to which you plan to deploy"
            " inference components. Please include Inference Component Name header or consider"
            " using SageMaker models.",
        ),
        (
            "model",
            {"InferenceComponentName": "none"},
            "Inference Component Name header is not allowed for endpoints whose production variants"
            " name SageMaker models.",
        ),
        (
            "host",
            {"InferenceComponentName": "none"},
            f"Inference Component none of endpoint host of account {components.user.id} not found,"
            " or not in service.",
        ),
    ):
        with pytest.raises(ClientError) as error:
            components.user.ask(endpoint, None, **more)

        assert told(error) == {"Code": "ValidationError", "Message": said}


def test_copies_are_processes_of_their_own(components: ComponentAccount) -> None:
    components.host(InitialInstanceCount=2)
    components.deploy("who", WHO, copies=2)
    seen: set[str] = set()

    def asks_both() -> bool:
        # The copy that answered last is asked next: only who asks at once asks both.
        with ThreadPoolExecutor(4) as threads:
            seen.update(threads.map(components.ask, ["who"] * 8))
        return len(seen) == 2

    components.user.until(asks_both)
    found = components.resize("who", 0)
    assert found["RuntimeConfig"] == {"DesiredCopyCount": 0, "CurrentCopyCount": 0}
    with pytest.raises(ClientError) as error:
        components.ask("who")
    assert told(error) == {
        "Code": "ValidationError",
        "Message": "Inference Component has no capacity to process this request."
        " ApplicationAutoScaling may be in-progress (if configured) or try to increase the capacity"
        " by invoking UpdateInferenceComponentRuntimeConfig API.",
    }
    components.resize("who", 1)
    assert components.ask("who") not in seen


def test_a_component_without_a_place_fails_and_says_why(components: ComponentAccount) -> None:
    components.host()  # 2 processors and 8 GiB.
    components.deploy("large", cpus=1.5)
    components.create("second", model="large", cpus=1.0)

    assert components.wait("second", "Failed")["FailureReason"] == NO_ROOM
    components.create("gpu", model="large", cpus=0.25, accelerators=1)
    assert components.wait("gpu", "Failed")["FailureReason"] == NO_ROOM
    components.create("memory", model="large", cpus=0.25, memory=8192)
    assert components.wait("memory", "Failed")["FailureReason"] == NO_ROOM
    # More copies than there is room for: those that were there go on.
    assert components.resize("large", 2)["FailureReason"] == NO_ROOM
    assert components.ask("large", 3) == {"model": "large", "data": 3}
    # Where there is room again, the one that failed may be tried again.
    components.delete("large")
    assert components.resize("second", 1)["RuntimeConfig"]["CurrentCopyCount"] == 1


def test_managed_instances_come_and_go_with_the_copies(components: ComponentAccount) -> None:
    scaling = {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 2}
    components.host(ManagedInstanceScaling=scaling)
    components.deploy("one", cpus=2)
    assert components.instances() == 1

    components.create("two", model="one", cpus=2)
    components.wait("two")
    assert components.instances() == 2
    components.create("three", model="one", cpus=2)
    assert components.wait("three", "Failed")["FailureReason"] == NO_ROOM
    components.delete("one")
    assert components.instances() == 1
    assert components.ask("two", 1) == {"model": "one", "data": 1}
    components.resize("two", 0)
    components.user.until(lambda: components.instances() == 0)
    components.resize("two", 1)
    assert components.instances() == 1
    found = components.sagemaker.describe_endpoint(EndpointName="host")
    assert found["ProductionVariants"][0]["ManagedInstanceScaling"] == scaling


def test_an_update_replaces_the_copies_batch_by_batch(components: ComponentAccount) -> None:
    components.host(InitialInstanceCount=2)
    components.deploy("live", copies=2)
    components.user.put_script("next")

    policy = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
            "WaitIntervalInSeconds": 0,
        }
    }
    components.sagemaker.update_inference_component(
        InferenceComponentName="live",
        Specification={"ModelName": "next"},
        DeploymentConfig=policy,
    )
    while True:
        found = components.sagemaker.describe_inference_component(InferenceComponentName="live")
        assert components.ask("live", 1)["model"] in ("live", "next")
        if found["InferenceComponentStatus"] == "InService":
            break

    assert components.ask("live", 1) == {"model": "next", "data": 1}
    assert found["LastDeploymentConfig"] == policy
    assert found["Specification"] == {
        "ModelName": "next",
        "ComputeResourceRequirements": needs_of(),
    }
    assert found["RuntimeConfig"]["CurrentCopyCount"] == 2


def test_an_update_that_fails_leaves_what_was_served(components: ComponentAccount) -> None:
    components.host()
    components.deploy("live")
    components.user.put_script("broken", "def model_fn(folder):\n    raise ValueError('broken')\n")

    components.sagemaker.update_inference_component(
        InferenceComponentName="live",
        Specification={"ModelName": "broken"},
    )
    found = components.wait("live")

    assert "did not pass the ping health check" in found["FailureReason"]
    assert found["Specification"]["ModelName"] == "live"
    assert components.ask("live", 1) == {"model": "live", "data": 1}


def test_a_component_may_bring_its_container(components: ComponentAccount) -> None:
    components.host()
    archive = packed({"code/inference.py": ECHO.format(name="own")})
    components.user.s3.put_object(Bucket=components.user.bucket, Key="own", Body=archive)
    container = {
        "Image": IMAGE,
        "ArtifactUrl": f"s3://{components.user.bucket}/own",
        "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
    }

    components.sagemaker.create_inference_component(
        InferenceComponentName="own",
        EndpointName="host",
        VariantName=VARIANT,
        Specification={"Container": container, "ComputeResourceRequirements": needs_of()},
        RuntimeConfig={"CopyCount": 1},
    )
    found = components.wait("own")["Specification"]["Container"]

    resolved = found["DeployedImage"].pop("ResolutionTime")
    assert isinstance(resolved, datetime)
    image = container.pop("Image")
    assert found == {**container, "DeployedImage": {"SpecifiedImage": image}}
    assert components.ask("own", 5) == {"model": "own", "data": 5}
    events = components.user.logs.describe_log_groups()["logGroups"]
    assert [one["logGroupName"] for one in events] == ["/aws/sagemaker/InferenceComponents/own"]


def test_an_endpoint_is_deleted_after_its_components(components: ComponentAccount) -> None:
    components.host()
    components.deploy("kept")

    with pytest.raises(ClientError) as error:
        components.sagemaker.delete_endpoint(EndpointName="host")

    assert told(error)["Message"] == (
        f'Cannot delete endpoint "arn:aws:sagemaker:us-east-1:{components.user.id}:endpoint/host"'
        " with inference components. Delete its inference components first: kept."
    )
    components.delete("kept")
    components.sagemaker.delete_endpoint(EndpointName="host")


def test_an_endpoint_gets_other_instances_if_its_components_fit_on_them(
    components: ComponentAccount,
) -> None:
    components.host(InstanceType="ml.m5.xlarge")
    components.deploy("kept", cpus=3)
    components.configure("small")
    components.configure("two", InstanceType="ml.c5.xlarge", InitialInstanceCount=2)

    components.sagemaker.update_endpoint(EndpointName="host", EndpointConfigName="small")
    assert components.user.wait("host")["FailureReason"] == NO_ROOM
    components.sagemaker.update_endpoint(EndpointName="host", EndpointConfigName="two")
    assert "FailureReason" not in components.user.wait("host")

    assert components.instances() == 2
    assert components.ask("kept", 1) == {"model": "kept", "data": 1}
    placed = components.wait("kept")["RuntimeConfig"]["PlacementStatus"]
    assert placed == [{"InstanceType": "ml.c5.xlarge", "CurrentCopyCount": 1}]


def test_components_are_listed_by_filters_sorts_and_pages(components: ComponentAccount) -> None:
    components.host()
    components.host("other")
    components.user.put_script("model")
    for name, endpoint in (("a", "host"), ("b", "other"), ("ab", "host")):
        components.create(name, model="model", endpoint=endpoint, copies=0)
        components.wait(name)
    found = components.sagemaker.describe_inference_component(InferenceComponentName="b")

    assert components.names() == ["ab", "b", "a"]
    assert components.names(SortBy="Name", SortOrder="Ascending") == ["a", "ab", "b"]
    assert components.names(EndpointNameEquals="host") == ["ab", "a"]
    assert components.names(VariantNameEquals="none") == []
    assert components.names(NameContains="b") == ["ab", "b"]
    assert components.names(StatusEquals="Failed") == []
    assert components.names(CreationTimeAfter=found["CreationTime"]) == ["ab"]
    assert components.names(CreationTimeBefore=found["CreationTime"]) == ["a"]
    assert components.names(LastModifiedTimeAfter=found["LastModifiedTime"]) == ["ab"]
    page = components.sagemaker.list_inference_components(MaxResults=2)
    assert components.names(MaxResults=2, NextToken=page["NextToken"]) == ["a"]


def test_metrics_tell_of_each_copy(components: ComponentAccount) -> None:
    components.host()
    components.deploy("seen", copies=2, cpus=0.5)
    for _ in range(4):
        components.ask("seen")
    components.resize("seen", 0)
    with pytest.raises(ClientError):
        components.ask("seen")

    own = [{"Name": "InferenceComponentName", "Value": "seen"}]

    def sums() -> dict[str, float]:
        return {
            name: sum_of(components, name, own)
            for name in ("Invocations", "InvocationsPerCopy", "NoCapacityInvocationFailures")
        }

    components.user.until(lambda: all(sums().values()))
    assert sums() == {
        "Invocations": 4.0,
        "InvocationsPerCopy": 2.0,
        "NoCapacityInvocationFailures": 1.0,
    }
    variant = [
        {"Name": "EndpointName", "Value": "host"},
        {"Name": "VariantName", "Value": VARIANT},
    ]
    assert sum_of(components, "Invocations", variant) == 4.0
    assert sum_of(components, "ConcurrentRequestsPerCopy", own) == 2.0


def test_utilization_is_told_in_parts_of_what_copies_reserve() -> None:
    step = {"count": 2, "need": {"cpus": 0.5, "memory_mib": 1024}}
    before = Usage(processor_seconds=10.0, memory_bytes=0)
    after = Usage(processor_seconds=40.0, memory_bytes=512 << 20)

    assert normalized(before, after, step, seconds=60.0) == {
        "CPUUtilizationNormalized": 50.0,
        "MemoryUtilizationNormalized": 25.0,
    }


@pytest.mark.slow  # It is told every minute.
def test_copies_tell_what_they_use(components: ComponentAccount) -> None:
    components.host()
    components.deploy("used")
    own = [{"Name": "InferenceComponentName", "Value": "used"}]

    def memory() -> float:
        return sum_of(
            components,
            "MemoryUtilizationNormalized",
            own,
            namespace="/aws/sagemaker/InferenceComponents",
        )

    components.user.until(lambda: memory() > 0)
    assert memory() < 100


def sum_of(
    components: ComponentAccount, metric: str, dimensions: Any, *, namespace: str = "AWS/SageMaker"
) -> float:
    """Return the sum of a metric's data of the last hour."""
    now = datetime.now(UTC)
    found = components.user.cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=dimensions,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(one["Sum"] for one in found["Datapoints"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"EndpointName": "model"}, "whose variants name models."),
        ({"VariantName": "none"}, "has no variant none."),
        (
            {"Specification": {"ModelName": "none", "ComputeResourceRequirements": needs_of()}},
            "Could not find model",
        ),
        ({"Specification": {"ModelName": "model"}}, "ComputeResourceRequirements must be given"),
        (
            {"Specification": {"ComputeResourceRequirements": needs_of()}},
            "exactly one of ModelName and Container",
        ),
        (
            {"Specification": {"BaseInferenceComponentName": "other"}},
            "BaseInferenceComponentName is not offered by this server",
        ),
    ],
)
def test_what_cannot_be_a_component_is_refused(
    components: ComponentAccount, changes: dict[str, Any], said: str
) -> None:
    components.host()
    components.user.put_script("model")
    components.user.configure("model", {"ModelName": "model"})
    if "EndpointName" in changes:
        components.sagemaker.create_endpoint(EndpointName="model", EndpointConfigName="model")
        components.user.wait("model")
    request: dict[str, Any] = {
        "InferenceComponentName": "refused",
        "EndpointName": "host",
        "VariantName": VARIANT,
        "Specification": {"ModelName": "model", "ComputeResourceRequirements": needs_of()},
        "RuntimeConfig": {"CopyCount": 1},
    }

    with pytest.raises(ClientError) as error:
        components.sagemaker.create_inference_component(**{**request, **changes})

    assert told(error)["Code"] == "ValidationException"
    assert said in told(error)["Message"]
