"""MLflow tracking servers: what programs and browsers do with them, over keys that are checked."""

import json
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from outcrop import LocalServer
from outcrop.services.sagemaker.mlflow.location import ROOT
from tests.services.sagemaker.mlflow_account import (
    LOG,
    LONGEST_SECONDS,
    MlflowAccount,
    processes,
    run_program,
)

ACCOUNT, OTHER = "111122223333", "444455556666"
KEYS = {ACCOUNT: "AKIAOWNER", OTHER: "AKIAOTHER"}
SETTINGS = '[authentication]\nmode = "keys"\n' + "".join(
    f'[authentication.keys.{key}]\nsecret = "of {account}"\naccount = "{account}"\n'
    for account, key in KEYS.items()
)


def variables(server: LocalServer, account: str, **more: str) -> dict[str, str]:
    """What a program of an account finds: what `outcrop up` says, and its own keys."""
    return {
        **server.client_environment(),
        "AWS_ACCESS_KEY_ID": KEYS[account],
        "AWS_SECRET_ACCESS_KEY": f"of {account}",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        **more,
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("tracked")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as running:
        yield running


def clients(server: LocalServer, account: str) -> Callable[..., Any]:
    make: Any = boto3.client
    return lambda service: make(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
        aws_access_key_id=KEYS[account],
        aws_secret_access_key=f"of {account}",
    )


@pytest.fixture(scope="module")
def owner(server: LocalServer) -> MlflowAccount:
    return MlflowAccount(clients(server, ACCOUNT), ACCOUNT)


@pytest.fixture(scope="module")
def arn(owner: MlflowAccount) -> str:
    """The ARN of a tracking server that runs, `Shared`."""
    arn = owner.create("Shared", AutomaticModelRegistration=True)
    assert owner.settled("Shared")["TrackingServerStatus"] == "Created"
    return arn


@pytest.fixture
def browser(owner: MlflowAccount, arn: str) -> Iterator[httpx.Client]:
    """A browser that has signed in."""
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(presigned(owner))
        browser.base_url = page.url
        yield browser


def presigned(owner: MlflowAccount, **more: int) -> str:
    answer = owner.sagemaker.create_presigned_mlflow_tracking_server_url(
        TrackingServerName="Shared", **more
    )
    return answer["AuthorizedUrl"]


def packages(owner: MlflowAccount, group: str) -> list[str]:
    """Return the ARNs of a group's packages, in their order; none if there is no group."""
    try:
        listed = owner.sagemaker.list_model_packages(ModelPackageGroupName=group)
    except owner.sagemaker.exceptions.ClientError:
        return []
    return [one["ModelPackageArn"] for one in listed["ModelPackageSummaryList"]]


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def runs_seen(browser: httpx.Client) -> list[str]:
    asked = {"experiment_ids": ["1"]}
    found = browser.post("ajax-api/2.0/mlflow/runs/search", json=asked).json()["runs"]
    return [run["info"]["run_id"] for run in found]


def test_programs_log_by_the_arn_and_runs_outlast_a_crash_a_stop_and_a_start(
    server: LocalServer, owner: MlflowAccount, arn: str, browser: httpx.Client
) -> None:
    said = run_program(LOG, variables(server, ACCOUNT, MLFLOW_TRACKING_URI=arn))
    run, losses, text = json.loads(said)

    assert (losses, text) == ([0.5, 0.25], "it was well")
    assert owner.artifacts() == [f"mlflow/1/{run}/artifacts/notes/a note.txt"]
    assert runs_seen(browser) == [run]

    before = processes(server.data)
    server.kill()
    server.start()
    assert runs_seen(browser) == [run]
    assert (len(before), processes(server.data)) == (1, before)

    owner.sagemaker.stop_mlflow_tracking_server(TrackingServerName="Shared")
    stopped = owner.settled("Shared")
    while_stopped = browser.get("version")
    owner.sagemaker.start_mlflow_tracking_server(TrackingServerName="Shared")
    started = owner.settled("Shared")

    assert (stopped["TrackingServerStatus"], stopped["IsActive"]) == ("Stopped", "Inactive")
    assert processes(server.data) != before
    assert (while_stopped.status_code, while_stopped.text) == (
        503,
        "Shared does not run: its status is Stopped.",
    )
    assert (started["TrackingServerStatus"], started["IsActive"]) == ("Started", "Active")
    assert runs_seen(browser) == [run]
    artifact = browser.get("get-artifact", params={"run_uuid": run, "path": "notes/a note.txt"})
    assert artifact.text == "it was well"


def test_registered_models_get_packages_once(owner: MlflowAccount, browser: httpx.Client) -> None:
    source = f"s3://{owner.bucket}/models/line"
    container = {
        "Image": "sagemaker-scikit-learn:1.2-1-cpu-py3",
        "ModelDataUrl": f"{source}/m.tar.gz",
    }
    specification = {"Containers": [container], "SupportedContentTypes": ["text/csv"]}
    owner.s3.put_object(
        Bucket=owner.bucket,
        Key="models/line/sagemaker_inference_specification.json",
        Body=json.dumps(specification),
    )
    group = f"lines-{sha256(b'Shared').hexdigest()[:6]}"

    browser.post("ajax-api/2.0/mlflow/registered-models/create", json={"name": "lines"})
    for _ in range(2):
        browser.post(
            "ajax-api/2.0/mlflow/model-versions/create", json={"name": "lines", "source": source}
        ).raise_for_status()
    until(lambda: len(packages(owner, group)) == 2)
    owner.sagemaker.delete_model_package(ModelPackageName=packages(owner, group)[1])
    browser.post(
        "ajax-api/2.0/mlflow/model-versions/create", json={"name": "lines", "source": source}
    )
    until(lambda: len(packages(owner, group)) == 2)

    told = [
        owner.sagemaker.describe_model_package(ModelPackageName=arn)
        for arn in packages(owner, group)
    ]
    assert [
        (one["ModelPackageVersion"], one["CustomerMetadataProperties"]["MlflowModelVersion"])
        for one in told
    ] == [(1, "1"), (3, "3")]
    assert [one["SourceUri"] for one in told] == [source, source]
    assert [one["ModelApprovalStatus"] for one in told] == ["PendingManualApproval"] * 2
    assert told[0]["InferenceSpecification"]["Containers"] == [container]


def test_who_signs_for_another_account_is_refused(server: LocalServer, arn: str) -> None:
    statuses = [
        signed_get(f"{server.url}{ROOT}/version", arn, account=account).status_code
        for account in (ACCOUNT, OTHER)
    ]

    assert statuses == [200, 403]


def test_tracking_servers_that_are_not_there_are_not_found(server: LocalServer, arn: str) -> None:
    for named in ("", f"{arn}s", arn.replace("mlflow-tracking-server", "training-job")):
        answer = signed_get(f"{server.url}{ROOT}/version", named, account=ACCOUNT)

        assert (answer.status_code, answer.text) == (404, "Tracking server could not be found")


def test_a_presigned_url_signs_a_browser_in_once(owner: MlflowAccount, arn: str) -> None:
    url = presigned(owner)
    home = urlsplit(url)._replace(query="").geturl().removesuffix("/auth")

    with httpx.Client(follow_redirects=True) as browser:
        stranger = browser.get(f"{home}/")
        page = browser.get(url)
        script = browser.get(f"{home}/static-files/static/js/{_script(page.text)}")
        without_slash = browser.get(home)
        head = browser.head(f"{home}/")
    again = httpx.get(url)

    assert (stranger.status_code, again.status_code) == (403, 403)
    assert (page.status_code, str(page.url)) == (200, f"{home}/")
    assert "<title>MLflow</title>" in page.text
    assert len(script.content) == int(script.headers["content-length"])
    assert without_slash.text == page.text
    assert (head.status_code, head.content) == (200, b"")


def test_pages_of_other_sites_have_nothing_done(browser: httpx.Client) -> None:
    def create(name: str, origin: str) -> int:
        path, headers = "ajax-api/2.0/mlflow/experiments/create", {"origin": origin}
        return browser.post(path, json={"name": name}, headers=headers).status_code

    own = f"{browser.base_url.scheme}://{browser.base_url.netloc.decode()}"

    assert (create("forged", "https://elsewhere.example"), create("own", own)) == (403, 200)


@pytest.mark.slow
def test_programs_log_to_apps_and_upload_by_presigned_urls(
    server: LocalServer, owner: MlflowAccount
) -> None:
    arn = owner.sagemaker.create_mlflow_app(
        Name="app", ArtifactStoreUri=f"s3://{owner.bucket}/app", RoleArn=owner.role
    )["Arn"]
    while owner.sagemaker.describe_mlflow_app(Arn=arn)["Status"] != "Created":
        time.sleep(0.1)

    here = variables(
        server, ACCOUNT, MLFLOW_TRACKING_URI=arn, SAGEMAKER_PRESIGNED_URL_UPLOAD_ENABLED="true"
    )
    run, losses, text = json.loads(run_program(LOG, here))

    assert (losses, text) == ([0.5, 0.25], "it was well")
    assert f"app/1/{run}/artifacts/notes/a note.txt" in owner.artifacts()
    url = owner.sagemaker.create_presigned_mlflow_app_url(Arn=arn)["AuthorizedUrl"]
    assert "<title>MLflow</title>" in httpx.get(url, follow_redirects=True).text
    owner.sagemaker.delete_mlflow_app(Arn=arn)


@pytest.mark.slow
def test_a_larger_size_answers_by_more_processes(
    owner: MlflowAccount, browser: httpx.Client
) -> None:
    path = "ajax-api/2.0/mlflow/experiments"
    made = browser.post(f"{path}/create", json={"name": "grown"}).json()

    owner.sagemaker.update_mlflow_tracking_server(
        TrackingServerName="Shared", TrackingServerSize="Medium"
    )
    updated = owner.settled("Shared")

    assert (updated["TrackingServerStatus"], updated["IsActive"]) == ("Updated", "Active")
    assert updated["TrackingServerSize"] == "Medium"
    found = browser.get(f"{path}/get-by-name", params={"experiment_name": "grown"}).json()
    assert found["experiment"]["experiment_id"] == made["experiment_id"]


@pytest.mark.slow
def test_a_presigned_url_ends(owner: MlflowAccount, arn: str) -> None:
    url = presigned(owner, ExpiresInSeconds=5)
    time.sleep(5.1)

    assert httpx.get(url).status_code == 403


def signed_get(url: str, arn: str, *, account: str) -> httpx.Response:
    """Ask as AWS's plugin does, as an account."""
    request = AWSRequest("GET", url, headers={"x-mlflow-sm-tracking-server-arn": arn})
    keys = Credentials(KEYS[account], f"of {account}")
    SigV4Auth(keys, "sagemaker-mlflow", "us-east-1").add_auth(request)
    return httpx.get(url, headers=dict(request.headers.items()))


def _script(page: str) -> str:
    """Return the name of the script of MLflow's page."""
    return page.partition("static-files/static/js/")[2].partition('"')[0]
