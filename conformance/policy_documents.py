"""Policies that services take in requests."""

import json


def trust(account: str) -> str:
    """Return a policy that lets an account assume a role, with tags and a source identity."""
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return _document({"Effect": "Allow", "Principal": principal, "Action": actions})


def permission() -> str:
    """Return a policy that lets read objects."""
    return _document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})


def resource_permission(account: str, action: str, resource: str | None = None) -> str:
    """Return a policy of a resource that lets an account do something with it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": action,
    }
    return _document(statement if resource is None else {**statement, "Resource": resource})


def _document(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
