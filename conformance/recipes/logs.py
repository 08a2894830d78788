"""A log group with a stream, an event in it, filters and tags."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return names, and moments of now: older events are refused."""
    now = int(time.time() * 1000)
    group = f"arn:aws:logs:us-east-1:{account}:log-group:group"
    return {
        "accountIdentifiers": [account],
        "destination": f"logs-{account}",
        "destinationArn": f"arn:aws:firehose:us-east-1:{account}:deliverystream/stream",
        "endTime": now + 60_000,
        "filterName": "filter",
        "from": now - 60_000,
        "filterPattern": "ERROR",
        "kmsKeyId": f"arn:aws:kms:us-east-1:{account}:key/1234",
        "logEvents": [{"timestamp": now, "message": "ERROR: something broke"}],
        "logGroupIdentifier": group,
        "logGroupName": "group",
        "logGroupNamePrefix": "gro",
        "logStreamName": "stream",
        "logStreamNamePrefix": "str",
        "logStreamNames": ["stream"],
        "metricTransformations": [
            {"metricName": "errors", "metricNamespace": "App", "metricValue": "1"}
        ],
        "logGroupIdentifiers": [group],
        "logGroupNames": ["group"],
        "logEventFilterPattern": "ERROR",
        "queryLanguage": "CWLI",
        "queryString": "fields @timestamp, @message | limit 20",
        "StartQuery.endTime": now // 1000 + 60,
        "StartQuery.startTime": now // 1000 - 60,
        "resourceArn": group,
        "resourceIdentifier": f"{group}:*",
        "retentionInDays": 7,
        "roleArn": f"arn:aws:iam::{account}:role/role",
        "startTime": now - 60_000,
        "tagKeys": ["team"],
        "tags": {"team": "blue"},
        "to": now + 60_000,
        "UntagLogGroup.tags": ["team"],
    }


STEPS = Steps(
    values=values,
    makers={
        "logGroupName": Maker("CreateLogGroup"),
        "logGroupIdentifier": Maker("CreateLogGroup"),
        "resourceArn": Maker("CreateLogGroup"),
        "resourceIdentifier": Maker("CreateLogGroup"),
        "logGroupIdentifiers": Maker("CreateLogGroup"),
        "logGroupNames": Maker("CreateLogGroup"),
        "queryId": Maker("StartQuery", "queryId"),
        "taskId": Maker("CreateExportTask", "taskId"),
        "logStreamName": Maker("CreateLogStream"),
        "logStreamNames": Maker("CreateLogStream"),
    },
    before={
        "CreateExportTask": ("CreateLogGroup",),
        "DeleteMetricFilter": ("PutMetricFilter",),
        "DeleteRetentionPolicy": ("PutRetentionPolicy",),
        "DescribeLogGroups": ("CreateLogGroup", "PutRetentionPolicy"),
        "DescribeLogStreams": ("CreateLogStream", "PutLogEvents"),
        "DescribeMetricFilters": ("PutMetricFilter",),
        "DisassociateKmsKey": ("AssociateKmsKey",),
        "FilterLogEvents": ("PutLogEvents",),
        "GetLogEvents": ("PutLogEvents",),
        "ListLogGroups": ("CreateLogGroup",),
        "ListTagsForResource": ("TagResource",),
        "ListTagsLogGroup": ("TagLogGroup",),
        "UntagLogGroup": ("TagLogGroup",),
        "UntagResource": ("TagResource",),
    },
    needed={"AssociateKmsKey": ("logGroupName",), "StartQuery": ("logGroupName",)},
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Go the steps; before those of export tasks, make the bucket that they write into."""
    if "ExportTask" in operation:
        client.of("s3").ask("CreateBucket", Bucket=f"logs-{account_in_force()}")
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    needed={
        "StartQuery": ("logGroupName",),
        "AssociateKmsKey": ("logGroupName",),
        "DescribeLogStreams": ("logGroupName",),
        "DisassociateKmsKey": ("logGroupName",),
        "FilterLogEvents": ("logGroupName",),
        "GetLogEvents": ("logGroupName",),
    },
    without={
        "": ("nextToken", "logGroupIdentifier"),
        "AssociateKmsKey": ("resourceIdentifier",),
        "DescribeLogGroups": ("logGroupNamePattern",),
        "DescribeLogStreams": ("orderBy",),
        "DisassociateKmsKey": ("resourceIdentifier",),
        "FilterLogEvents": ("logStreamNamePrefix",),
        "PutMetricFilter": ("emitSystemFieldDimensions", "fieldSelectionCriteria"),
        "StartLiveTail": ("logStreamNamePrefixes",),
        "StartQuery": ("logGroupIdentifiers", "logGroupNames"),
    },
    endless=frozenset(("StartLiveTail",)),
    errors={"InvalidParameterException": 400},  # to every violated constraint
)
