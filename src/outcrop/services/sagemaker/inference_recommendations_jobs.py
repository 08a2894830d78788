"""Inference Recommender: jobs that try a model on instances and tell how it did.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceRecommendationsJob.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.checks import check_model as check_served
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.recommending import supervision
from outcrop.services.sagemaker.recommending.candidates import candidates_of
from outcrop.services.sagemaker.recommending.checks import check_job, check_model, payload_of
from outcrop.services.sagemaker.recommending.descriptions import shown, step, summary
from outcrop.services.sagemaker.recommending.life import ENDED
from outcrop.services.sagemaker.registry.unpacking import unpacked
from outcrop.services.sagemaker.resources import (
    INFERENCE_RECOMMENDATIONS_JOB,
    MODEL,
    MODEL_PACKAGE,
    add,
    arn_of,
    find,
    moment,
    update,
)
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document

LISTING = Listing(
    member="InferenceRecommendationsJobs",
    filters={
        f"{name}Equals": lambda job, value, name=name: (
            job["request"]["InputConfig"].get(name) == value
        )
        for name in ("ModelName", "ModelPackageVersionArn")
    },
)
STEPS_OF_A_PAGE = 10


@operation("CreateInferenceRecommendationsJob")
async def create_inference_recommendations_job(
    call: Call, request: shapes.CreateInferenceRecommendationsJobRequest
) -> shapes.CreateInferenceRecommendationsJobResponse:
    """Begin to try a model on instances, one after the other."""
    check_job(call, request)
    given: Mapping[str, Any] = request["InputConfig"]
    model, package = await _model(call, given, role=request["RoleArn"])
    check_model(model)
    payload, content_type = payload_of(given, package)
    supported = package.get("InferenceSpecification", {}).get(
        "SupportedRealtimeInferenceInstanceTypes", []
    )
    name = request["JobName"]
    document: Document = {
        "request": {key: value for key, value in request.items() if key != "Tags"},
        "status": "PENDING",
        "model": model,
        "payload": payload,
        "content_type": content_type,
        "tests": candidates_of(given, supported),
        "endpoint_url": call.endpoint_url,
        "tags": checked_tags(request.get("Tags", [])),
    }
    job = await add(call, INFERENCE_RECOMMENDATIONS_JOB, name, document)
    supervision.start(call.backends, job)
    return {"JobArn": arn_of(call, INFERENCE_RECOMMENDATIONS_JOB, name)}


@operation("DescribeInferenceRecommendationsJob")
async def describe_inference_recommendations_job(
    call: Call, request: shapes.DescribeInferenceRecommendationsJobRequest
) -> shapes.DescribeInferenceRecommendationsJobResponse:
    """Answer with a job's state, and with what it has measured so far."""
    job = await find(call, INFERENCE_RECOMMENDATIONS_JOB, request["JobName"])
    return shown(job.document, arn_of(call, INFERENCE_RECOMMENDATIONS_JOB, job.name))


@operation("ListInferenceRecommendationsJobs")
async def list_inference_recommendations_jobs(
    call: Call, request: shapes.ListInferenceRecommendationsJobsRequest
) -> shapes.ListInferenceRecommendationsJobsResponse:
    """Answer with the jobs that pass all filters."""
    return LISTING.answer(
        request,
        await all_of(call, INFERENCE_RECOMMENDATIONS_JOB),
        lambda job: summary(job.document, arn_of(call, INFERENCE_RECOMMENDATIONS_JOB, job.name)),
    )


@operation("ListInferenceRecommendationsJobSteps")
async def list_inference_recommendations_job_steps(
    call: Call, request: shapes.ListInferenceRecommendationsJobStepsRequest
) -> shapes.ListInferenceRecommendationsJobStepsResponse:
    """Answer with a job's load tests, in their order."""
    job = await find(call, INFERENCE_RECOMMENDATIONS_JOB, request["JobName"])
    wanted = request.get("Status")
    tests = [
        (number, test)
        for number, test in enumerate(job.document["tests"])
        if wanted in (None, test["status"])
    ]
    page = page_of(
        tests,
        key=lambda one: f"{one[0]:06}",
        page=PageRequest(
            limit=request.get("MaxResults", STEPS_OF_A_PAGE),
            token=request.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
    )
    answer: shapes.ListInferenceRecommendationsJobStepsResponse = {
        "Steps": [step(job.document, test) for _, test in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("StopInferenceRecommendationsJob")
async def stop_inference_recommendations_job(
    call: Call, request: shapes.StopInferenceRecommendationsJobRequest
) -> None:
    """End the load test that is under way; those that have ended stay."""
    job = await find(call, INFERENCE_RECOMMENDATIONS_JOB, request["JobName"])

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise ValidationError(
                "The request was rejected because the inference recommendations job is in status"
                f" {document['status']}."
            )
        return {**document, "status": "STOPPING", "modified": moment(call)}

    supervision.stop(call.backends, await update(call, job, stopping))


async def _model(
    call: Call, given: Mapping[str, Any], *, role: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the model that is tried, and what its package was made of, if it has one."""
    if "ModelName" in given:
        return (await find(call, MODEL, given["ModelName"])).document["request"], {}
    arn = given["ModelPackageVersionArn"]
    package: Mapping[str, Any] = (await find(call, MODEL_PACKAGE, arn)).document["given"]
    container = {"ModelPackageName": arn}
    model = await unpacked(call, {"ExecutionRoleArn": role, "PrimaryContainer": container})
    await check_served(call, model)
    return model, package
