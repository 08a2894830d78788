"""Search through boto3: its grammar, its order, its pages, and all kinds of resources."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
NOW = datetime.now(UTC).replace(microsecond=0)


def component(name: str, rate: float, owner: str, **more: Any) -> dict[str, Any]:
    return {
        "TrialComponentName": name,
        "DisplayName": f"Run-{name}",
        "Parameters": {
            "rate": {"NumberValue": rate},
            "SageMaker.InstanceType": {"StringValue": f"ml.{name}.large"},
        },
        "Tags": [{"Key": "owner.name", "Value": owner}],
        **more,
    }


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    """Three components: `a` and `b` in the trial of an experiment, `c` alone."""
    made, metrics = client("sagemaker"), client("sagemaker-metrics")
    made.create_experiment(ExperimentName="Churn")
    made.create_trial(TrialName="trial", ExperimentName="Churn")
    made.create_trial_component(
        **component(
            "a", 0.1, "ada", InputArtifacts={"data": {"Value": "s3://bucket/a"}}, StartTime=NOW
        )
    )
    made.create_trial_component(**component("b", 0.5, "bob", Status={"PrimaryStatus": "Completed"}))
    made.create_trial_component(**component("c", 10.0, "ada"))
    for name, loss in (("a", 3.0), ("b", 2.0)):
        made.associate_trial_component(TrialName="trial", TrialComponentName=name)
        metrics.batch_put_metrics(
            TrialComponentName=name,
            MetricData=[
                {"MetricName": "test:loss", "Value": value, "Timestamp": NOW}
                for value in (loss, loss / 10)
            ],
        )
    return made


def names(
    sagemaker: Any, *filters: tuple[str, ...], operator: str = "And", **request: Any
) -> list[str]:
    """Return the names of the components that pass filters, sorted by name."""
    keys = ("Name", "Operator", "Value")
    expression: dict[str, Any] = {"Operator": operator}
    if filters:
        expression["Filters"] = [dict(zip(keys, one, strict=False)) for one in filters]
    answer = sagemaker.search(
        **{
            "Resource": "ExperimentTrialComponent",
            "SortBy": "TrialComponentName",
            "SortOrder": "Ascending",
            **({"SearchExpression": expression} if filters else {}),
            **request,
        }
    )
    return [one["TrialComponent"]["TrialComponentName"] for one in answer["Results"]]


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (("TrialComponentName", "Equals", "a"), "a"),
        (("TrialComponentName", "NotEquals", "a"), "bc"),
        (("TrialComponentName", "In", "a, c"), "ac"),
        (("DisplayName", "Contains", "un-b"), "b"),
        (("Parameters.rate", "GreaterThan", "0.1"), "bc"),
        (("Parameters.rate", "GreaterThanOrEqualTo", "0.1"), "abc"),
        (("Parameters.rate", "LessThan", "9"), "ab"),
        (("Parameters.rate", "LessThanOrEqualTo", "0.50"), "ab"),
        (("Parameters.rate", "Equals", "1e1"), "c"),
        (("Parameters.rate", "LessThan", "many"), ""),
        (("Parameters.SageMaker.InstanceType", "Equals", "ml.b.large"), "b"),
        (("Metrics.test:loss", "LessThan", "0.25"), "b"),
        (("Metrics.test:loss.Max", "Equals", "3"), "a"),
        (("Metrics.test:loss.max", "GreaterThan", "0"), "ab"),
        (("InputArtifacts.data.Value", "Contains", "bucket"), "a"),
        (("InputArtifacts", "Exists"), "a"),
        (("Status.PrimaryStatus", "Exists"), "b"),
        (("Status.PrimaryStatus", "NotExists"), "ac"),
        (("Tags.owner.name", "Equals", "ada"), "ac"),
        (("Parents.ExperimentName", "Equals", "Churn"), "ab"),
        (("Parents.ExperimentName", "NotExists"), "c"),
        (("StartTime", "LessThan", (NOW + timedelta(hours=1)).isoformat()), "a"),
        (("StartTime", "Equals", NOW.strftime("%Y-%m-%dT%H:%M:%S")), "a"),
        (("CreationTime", "GreaterThan", "2020-01-01T00:00:00Z"), "abc"),
        (("NoSuchProperty", "Equals", "a"), ""),
    ],
)
def test_a_filter_finds_what_it_says(sagemaker: Any, one: tuple[str, ...], found: str) -> None:
    assert names(sagemaker, one) == list(found)


def test_a_filter_without_an_operator_asks_for_equality(sagemaker: Any) -> None:
    expression = {"Filters": [{"Name": "TrialComponentName", "Value": "b"}]}

    assert names(sagemaker, SearchExpression=expression) == ["b"]


def test_filters_are_joined_by_their_operator(sagemaker: Any) -> None:
    low, ada = ("Parameters.rate", "LessThan", "1"), ("Tags.owner.name", "Equals", "ada")

    assert names(sagemaker, low, ada) == ["a"]
    assert names(sagemaker, low, ada, operator="Or") == ["a", "b", "c"]


def test_expressions_stand_in_expressions(sagemaker: Any) -> None:
    def one(name: str, value: str) -> dict[str, Any]:
        return {"Filters": [{"Name": name, "Operator": "Equals", "Value": value}]}

    expression = {
        "Operator": "Or",
        "SubExpressions": [
            one("TrialComponentName", "c"),
            {
                "Operator": "And",
                "SubExpressions": [
                    one("Tags.owner.name", "ada"),
                    one("Parents.TrialName", "trial"),
                ],
            },
        ],
    }

    assert names(sagemaker, SearchExpression=expression) == ["a", "c"]


def test_a_nested_filter_holds_of_one_element(sagemaker: Any) -> None:
    sagemaker.create_experiment(ExperimentName="Other")
    sagemaker.create_trial(TrialName="other", ExperimentName="Other")
    sagemaker.associate_trial_component(TrialName="other", TrialComponentName="b")

    def nested(trial: str, experiment: str) -> dict[str, Any]:
        filters = [
            {"Name": "Parents.TrialName", "Operator": "Equals", "Value": trial},
            {"Name": "Parents.ExperimentName", "Operator": "Equals", "Value": experiment},
        ]
        return {"NestedFilters": [{"NestedPropertyName": "Parents", "Filters": filters}]}

    assert names(sagemaker, SearchExpression=nested("other", "Other")) == ["b"]
    assert names(sagemaker, SearchExpression=nested("other", "Churn")) == []


def test_results_are_sorted_by_any_property(sagemaker: Any) -> None:
    assert names(sagemaker, SortBy="Parameters.rate", SortOrder="Descending") == ["c", "b", "a"]
    assert names(sagemaker, SortBy="Metrics.test:loss.Last") == ["c", "b", "a"]
    assert names(sagemaker, SortBy="LastModifiedTime", SortOrder="Descending") == ["c", "b", "a"]


def test_pages_give_each_result_once(sagemaker: Any) -> None:
    first = sagemaker.search(Resource="ExperimentTrialComponent", MaxResults=2)
    rest = sagemaker.search(
        Resource="ExperimentTrialComponent", MaxResults=2, NextToken=first["NextToken"]
    )

    found = [
        one["TrialComponent"]["TrialComponentName"] for one in first["Results"] + rest["Results"]
    ]
    assert sorted(found) == ["a", "b", "c"]
    assert first["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}
    assert "NextToken" not in rest


def test_visibility_hides_what_has_the_tag_with_another_value(sagemaker: Any) -> None:
    sagemaker.create_trial_component(TrialComponentName="d")

    visible = names(sagemaker, VisibilityConditions=[{"Key": "Tags.owner.name", "Value": "bob"}])

    assert visible == ["b", "d"]
    assert names(sagemaker, CrossAccountFilterOption="CrossAccount") == []


def test_all_kinds_are_searched(sagemaker: Any, client: Clients, account: str) -> None:
    s3, bucket = client("s3"), f"models-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=b"")
    inference = {
        "Containers": [{"Image": "img:1"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    sagemaker.create_model_package_group(ModelPackageGroupName="group")
    sagemaker.create_model_package(ModelPackageGroupName="group", InferenceSpecification=inference)
    sagemaker.create_model_card(ModelCardName="card", Content="{}", ModelCardStatus="Draft")
    sagemaker.create_model(
        ModelName="model",
        PrimaryContainer={
            "Image": "sagemaker-scikit-learn:1.2-1-cpu-py3",
            "ModelDataUrl": f"s3://{bucket}/model.tar.gz",
        },
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        Tags=[{"Key": "team", "Value": "red"}],
    )

    def found(resource: str, name: str, value: str) -> Any:
        (result,) = sagemaker.search(
            Resource=resource,
            SearchExpression={"Filters": [{"Name": name, "Operator": "Equals", "Value": value}]},
        )["Results"]
        return result

    experiment = found("Experiment", "ExperimentName", "Churn")["Experiment"]
    trial = found("ExperimentTrial", "TrialComponentSummaries.TrialComponentName", "a")["Trial"]
    package = found("ModelPackage", "ModelApprovalStatus", "PendingManualApproval")["ModelPackage"]
    group = found("ModelPackageGroup", "ModelPackageGroupName", "group")["ModelPackageGroup"]
    card = found("ModelCard", "ModelCardStatus", "Draft")["ModelCard"]
    model = found("Model", "Model.ModelName", "model")["Model"]["Model"]
    assert (model["ModelName"], model["Tags"]) == ("model", [{"Key": "team", "Value": "red"}])
    assert experiment["DisplayName"] == "Churn"
    assert trial["TrialName"] == "trial"
    assert package["ModelPackageVersion"] == 1
    assert group["ModelPackageGroupStatus"] == "Completed"
    assert (card["ModelCardName"], card["Content"]) == ("card", "{}")
    assert sagemaker.search(Resource="Project")["Results"] == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            {"Operator": "And"},
            "A search expression needs at least one filter, nested filter or subexpression.",
        ),
        (
            {"Filters": [{"Name": "Name", "Operator": "Equals"}]},
            "The filter on Name needs a Value.",
        ),
        (
            {"Filters": [{"Name": "Source.SourceArn", "Operator": "Contains", "Value": "a"}] * 2},
            "'CONTAINS' operator usage limit of 1 exceeded.",
        ),
    ],
)
def test_what_is_wrong_with_an_expression_is_said(
    sagemaker: Any, expression: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        sagemaker.search(Resource="ExperimentTrialComponent", SearchExpression=expression)

    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("ValidationException", message)


def test_suggestions_begin_with_the_hint(sagemaker: Any) -> None:
    def suggested(hint: str) -> list[str]:
        answer = sagemaker.get_search_suggestions(
            Resource="ExperimentTrialComponent",
            SuggestionQuery={"PropertyNameQuery": {"PropertyNameHint": hint}},
        )
        return [one["PropertyName"] for one in answer["PropertyNameSuggestions"]]

    assert suggested("Parameters.") == ["Parameters.SageMaker.InstanceType", "Parameters.rate"]
    assert suggested("Met") == ["Metrics", "Metrics.test:loss"]
    assert suggested("Tags.") == ["Tags.owner.name"]
