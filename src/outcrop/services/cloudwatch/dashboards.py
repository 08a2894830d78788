"""Dashboards: kept as they are written, for all regions of an account.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
"""

import re

from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.tag_lists import new_tags
from outcrop.storage.records.interface import Delete, Document, Put, RecordNotFoundError, Scope

MOST_LISTED = 1000
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


@operation("PutDashboard")
async def put_dashboard(call: Call, request: shapes.PutDashboardInput) -> shapes.PutDashboardOutput:
    """Make or replace a dashboard."""
    name, body = request["DashboardName"], request["DashboardBody"]
    if not NAME.fullmatch(name):
        raise _invalid(f"The value {name} for field DashboardName contains invalid characters.")
    try:
        is_object = isinstance(read_json(body), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise _invalid("The field DashboardBody must be a valid JSON object")
    before = await call.backends.records.find(dashboards_scope(call), name)
    tags = before.document["tags"] if before else new_tags(request.get("Tags", []))
    document: Document = {"body": body, "tags": tags}
    await call.backends.records.write(
        Put(scope=dashboards_scope(call), name=name, document=document)
    )
    return {"DashboardValidationMessages": []}


@operation("GetDashboard")
async def get_dashboard(call: Call, request: shapes.GetDashboardInput) -> shapes.GetDashboardOutput:
    """Answer with a dashboard."""
    name = request["DashboardName"]
    record = await call.backends.records.find(dashboards_scope(call), name)
    if record is None:
        raise shapes.DashboardNotFoundError(f"Dashboard {name} does not exist")
    return {
        "DashboardName": name,
        "DashboardArn": _arn(call, name),
        "DashboardBody": record.document["body"],
    }


@operation("ListDashboards")
async def list_dashboards(
    call: Call, request: shapes.ListDashboardsInput
) -> shapes.ListDashboardsOutput:
    """Answer with the dashboards whose names start so."""
    page = await page_of_records(
        call.backends.records,
        dashboards_scope(call),
        PageRequest(
            limit=MOST_LISTED,
            token=request.get("NextToken"),
            error=shapes.InvalidParameterValueException("Invalid NextToken"),
        ),
        prefix=request.get("DashboardNamePrefix", ""),
    )
    answer: shapes.ListDashboardsOutput = {
        "DashboardEntries": [
            {
                "DashboardName": record.name,
                "DashboardArn": _arn(call, record.name),
                "LastModified": record.modified_at,
                "Size": len(record.document["body"].encode()),
            }
            for record in page.items
        ]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteDashboards")
async def delete_dashboards(
    call: Call, request: shapes.DeleteDashboardsInput
) -> shapes.DeleteDashboardsOutput:
    """Delete dashboards: all of them or, if one is not there, none."""
    names = list(dict.fromkeys(request["DashboardNames"]))
    place = dashboards_scope(call)
    try:
        await call.backends.records.write(*(Delete(scope=place, name=name) for name in names))
    except RecordNotFoundError as error:
        raise shapes.DashboardNotFoundError(
            f"Dashboard {', '.join(names)} does not exist"
        ) from error
    return {}


def dashboards_scope(call: Call) -> Scope:
    """Return where an account's dashboards are."""
    return Scope(call.account, "", "cloudwatch", "dashboard")


def _arn(call: Call, name: str) -> str:
    return call.arn(f"dashboard/{name}", service="cloudwatch", region="")


def _invalid(message: str) -> shapes.DashboardInvalidInputError:
    return shapes.DashboardInvalidInputError(
        message, dashboardValidationMessages=[{"DataPath": "/", "Message": message}]
    )
