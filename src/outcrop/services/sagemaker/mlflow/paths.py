"""Where tracking servers are reached: below a path of Outcrop's own, which is made of their ARN.

AWS gives each a host name of its own, which no resolver here would know.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from outcrop.aws.arn import Arn
from outcrop.aws.http import HttpRequest
from outcrop.services.sagemaker.mlflow.location import ROOT
from outcrop.services.sagemaker.resources import MLFLOW_APP, MLFLOW_TRACKING_SERVER

SIGN_IN = "/auth"
ARN_HEADERS = ("x-mlflow-sm-tracking-server-arn", "x-sm-mlflow-app-arn")
"""Source: https://github.com/aws/sagemaker-mlflow"""
KINDS = {kind.name: kind for kind in (MLFLOW_TRACKING_SERVER, MLFLOW_APP)}
_TRACKER = re.compile(
    rf"{ROOT}/([a-z0-9-]+)/(\d{{12}})/({'|'.join(KINDS)})/([A-Za-z0-9-]+)(/.*)?"
).fullmatch

_is_line = re.compile(r"[!-~]*").fullmatch
"""What may stand in the first line of a request of HTTP/1.1; HTTP/2 lets more through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Which tracking server a request is for, and what it asks there."""

    region: str
    account: str
    kind: str
    name: str
    path: str
    """As the tracking server knows it; empty: without the slash that ends the path to it."""

    @property
    def home(self) -> str:
        """The path of the tracking server itself, without a slash at its end."""
        return path_of(Arn("sagemaker", self.region, self.account, f"{self.kind}/{self.name}"))


def path_of(arn: Arn) -> str:
    """Return the path below which a tracking server is reached."""
    return f"{ROOT}/{arn.region}/{arn.account}/{arn.resource}"


def read(request: HttpRequest) -> Tracked | None:
    """Return what a request asks of which tracking server; `None` if it names none."""
    if not _is_line(f"{request.method}{request.raw_path}{request.query_string}"):
        return None
    found = _TRACKER(request.raw_path)
    if found is not None:
        region, account, kind, name, path = found.groups()
        return Tracked(region=region, account=account, kind=kind, name=name, path=path or "")
    told = next((request.headers[one] for one in ARN_HEADERS if one in request.headers), "")
    try:
        arn = Arn.parse(unquote(told))
    except ValueError:
        return None
    kind, _, name = arn.resource.partition("/")
    if arn.service != "sagemaker" or kind not in KINDS:
        return None
    path = request.raw_path.removeprefix(ROOT)
    return Tracked(region=arn.region, account=arn.account, kind=kind, name=name, path=path)
