"""The `outcrop` command, as a user types it."""

import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from pathlib import Path

import httpx
import pytest

from outcrop import LocalServer
from outcrop.local import free_port
from outcrop.weights.catalog_reader import shipped_catalog
from tests.cli.outcrop_command import outcrop, refusal

SHOW_ENVIRONMENT = "import os, json; print(json.dumps(dict(os.environ)))"
WHO = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def test_run_points_a_program_at_the_running_server(server: LocalServer) -> None:
    done = outcrop("run", "--port", str(server.port), "--", sys.executable, "-c", WHO)

    assert (done.stdout, done.returncode) == ("123456789012\n", 0)


def test_run_lets_nothing_lead_a_program_to_the_real_aws(server: LocalServer) -> None:
    misleading = {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "of other keys",
    }
    arguments = ("run", "--port", str(server.port), "--", sys.executable, "-c", WHO)
    done = outcrop(*arguments, variables=misleading)

    assert (done.stdout, done.returncode) == ("123456789012\n", 0)


def test_run_takes_the_account_that_a_program_is_to_be(server: LocalServer) -> None:
    program = f"{WHO}; import os; print(open(os.environ['SAGEMAKER_USER_CONFIG_OVERRIDE']).read())"
    run = ("run", "--port", str(server.port), "--account", "000000000042", "--")
    done = outcrop(*run, sys.executable, "-c", program)

    assert done.stdout.startswith("000000000042\n")
    assert "RoleArn: arn:aws:iam::000000000042:role/outcrop" in done.stdout


def test_run_refuses_what_is_no_account(server: LocalServer) -> None:
    done = outcrop("run", "--port", str(server.port), "--account", "42", "--", "true")

    assert (done.returncode, "'42' is not 12 digits." in done.stderr) == (2, True)


def test_run_starts_a_server_for_the_duration(tmp_path: Path) -> None:
    port = free_port()
    arguments = ("run", "--port", str(port), "--data", str(tmp_path))
    done = outcrop(*arguments, "--", sys.executable, "-c", WHO)

    assert (done.stdout, done.returncode) == ("123456789012\n", 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/health")


def test_run_gives_sagemaker_its_role_and_bucket(server: LocalServer) -> None:
    program = (
        "import os; print(open(os.environ['SAGEMAKER_USER_CONFIG_OVERRIDE']).read().splitlines())"
    )
    done = outcrop("run", "--port", str(server.port), "--", sys.executable, "-c", program)

    assert "DefaultS3Bucket: sagemaker-us-east-1-123456789012" in done.stdout
    assert "RoleArn: arn:aws:iam::123456789012:role/outcrop" in done.stdout


def test_run_with_one_instance_leaves_the_users_own_start_up_as_it_is(
    server: LocalServer, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("HERE = 'at home'\n")
    program = "import sitecustomize; print(sitecustomize.HERE)"
    run = ("run", "--assume-one-instance", "--port", str(server.port), "--")
    done = outcrop(*run, sys.executable, "-c", program, variables={"PYTHONPATH": str(tmp_path)})

    assert (done.stdout, done.stderr) == ("at home\n", "")


def test_run_ends_as_the_program_ended(server: LocalServer) -> None:
    done = outcrop("run", "--port", str(server.port), "--", sys.executable, "-c", "exit(7)")

    assert done.returncode == 7


def test_run_says_when_there_is_no_such_program(server: LocalServer) -> None:
    done = outcrop("run", "--port", str(server.port), "--", "no-such-program")

    assert (done.returncode, done.stderr) == (
        1,
        "Error: no-such-program: No such file or directory\n",
    )


def test_configure_writes_files_that_boto3_understands(server: LocalServer, tmp_path: Path) -> None:
    done = outcrop("configure", "--port", str(server.port), "--directory", str(tmp_path))
    exported = dict(line.removeprefix("export ").split("=", 1) for line in done.stdout.splitlines())

    who = subprocess.run(
        [sys.executable, "-c", WHO],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **exported},
        capture_output=True,
        text=True,
        check=False,
    )

    assert who.stdout == "123456789012\n"
    assert exported["AWS_PROFILE"] == "outcrop"


def test_status_lists_the_services(server: LocalServer) -> None:
    done = outcrop("status", "--port", str(server.port), "--json")

    assert {"s3", "sts", "bedrock-runtime"} <= set(json.loads(done.stdout)["services"])


def test_status_says_when_nothing_answers() -> None:
    port = free_port()
    done = outcrop("status", "--port", str(port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: No server answers at http://127.0.0.1:{port}. `outcrop up` starts one.\n"
    )


def test_logs_show_requests_and_their_errors(server: LocalServer) -> None:
    httpx.post(server.url, data={"Action": "GetRole", "Version": "2010-05-08", "RoleName": "gone"})

    variables = {"OUTCROP_DATA": str(server.data)}
    done = outcrop("logs", "--errors", "--service", "iam", "-n", "1", variables=variables)

    assert "404 iam:GetRole" in done.stdout
    assert "The role with name gone cannot be found." in done.stdout


def test_reset_empties_the_account_that_it_is_told(server: LocalServer) -> None:
    form = {"Version": "2010-05-08", "UserName": "someone"}
    signed = "AWS4-HMAC-SHA256 Credential=888888888888/20260101/us-east-1/iam/aws4_request, x"
    headers = {"authorization": signed}
    httpx.post(server.url, data={**form, "Action": "CreateUser"}, headers=headers)

    done = outcrop("reset", "--port", str(server.port), "--account", "888888888888")
    answer = httpx.post(server.url, data={**form, "Action": "GetUser"}, headers=headers)

    assert done.stdout == "Account 888888888888 is empty.\n"
    assert answer.status_code == 404


def test_doctor_says_how_to_mend_a_taken_port(server: LocalServer, tmp_path: Path) -> None:
    variables = {
        "OUTCROP_DATA": str(tmp_path),
        "OUTCROP_SERVER_PORT": str(free_port()),
        "OUTCROP_SERVER_TLS_PORT": str(server.port),
    }
    done = outcrop("doctor", variables=variables)

    assert done.returncode == 1
    assert f"Another program has port {server.port}: `outcrop up --port N`" in done.stdout


def test_configure_says_where_it_cannot_write(server: LocalServer) -> None:
    said = refusal("configure", "--port", str(server.port), "--directory", "/proc/outcrop")

    assert said == "Error: /proc/outcrop: No such file or directory\n"


def test_logs_can_be_read_by_programs(server: LocalServer) -> None:
    run = ("run", "--port", str(server.port), "--account", "000000000043", "--")
    outcrop(*run, sys.executable, "-c", WHO)

    done = outcrop("logs", "--json", "--service", "sts", "--data", str(server.data))

    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["operation"], last["account"], last["status"]) == (
        "GetCallerIdentity",
        "000000000043",
        200,
    )


def test_logs_follow_what_comes(server: LocalServer) -> None:
    def ask(account: str) -> None:
        signed = f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/sts/aws4_request, x"
        form = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
        httpx.post(server.url, data=form, headers={"authorization": signed})
        httpx.get(f"{server.url}/health")  # Answered once the journal has the one before.

    ask("000000000051")
    command = ("logs", "--follow", "-n", "1", "--json", "--service", "sts")
    following = subprocess.Popen(
        [sys.executable, "-m", "outcrop", *command, "--data", str(server.data)],
        stdout=subprocess.PIPE,
    )
    patience = threading.Timer(60, following.kill)
    patience.start()
    with following:
        assert following.stdout is not None
        try:
            before = json.loads(following.stdout.readline())
            ask("000000000052")
            ask("000000000053")
            after = [json.loads(following.stdout.readline()) for _ in range(2)]
        finally:
            patience.cancel()
            following.kill()

    accounts = [entry["account"] for entry in (before, *after)]
    assert accounts == ["000000000051", "000000000052", "000000000053"]


def test_logs_of_another_data_folder(server: LocalServer, tmp_path: Path) -> None:
    httpx.post(server.url, data={"Action": "GetCallerIdentity", "Version": "2011-06-15"})

    done = outcrop("logs", "-n", "1", "--data", str(server.data))

    assert "sts:GetCallerIdentity" in done.stdout
    assert refusal("logs", "--data", str(tmp_path)) == (
        f"Error: No request has been answered from the data folder {tmp_path}. "
        "`--data DIR` names another.\n"
    )


def test_a_terminal_without_our_marks_gets_others(tmp_path: Path) -> None:
    variables = {"OUTCROP_DATA": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    done = outcrop("doctor", variables=variables)

    assert done.stdout.startswith("? Python 3.")


@pytest.mark.parametrize(
    ("module", "extra", "loss"),
    [
        ("xllamacpp", "chat", "chat on local models"),
        ("pypdf", "documents", "documents in conversations"),
        ("cv2", "vision", "reading of pictures and documents"),
        ("spacy", "language", "analysis and translation of texts"),
        ("sklearn", "language", "training of custom classifiers and labels"),
        ("pycrfsuite", "language", "training of custom recognizers of entities"),
        ("ctranslate2", "speech", "speech, spoken or heard"),
    ],
)
def test_doctor_names_the_extra_that_is_missing(
    tmp_path: Path, module: str, extra: str, loss: str
) -> None:
    hiding = f"import sys\nsys.modules.update({module}=None)\n"
    (tmp_path / "sitecustomize.py").write_text(hiding, encoding="utf-8")
    variables = {"OUTCROP_DATA": str(tmp_path), "PYTHONPATH": str(tmp_path)}

    done = outcrop("doctor", variables=variables)

    assert f"✗ {module} is missing: no {loss}\n" in done.stdout
    assert f"  → pip install 'outcrop[{extra}]'\n" in done.stdout


def test_doctor_asks_for_no_weights_that_its_cure_does_not_bring(tmp_path: Path) -> None:
    variables = {"OUTCROP_DATA": str(tmp_path), "OUTCROP_WEIGHTS_DIRECTORY": str(tmp_path)}

    done = outcrop("doctor", variables=variables)

    catalog = shipped_catalog()
    brought = {catalog.entry(name).ability for name in catalog.names("default")}
    missing = re.findall(
        r"✗ Weights for (\S+): none\n  → outcrop models pull default\n", done.stdout
    )
    assert set(missing) == brought


def test_run_says_that_another_server_has_the_data_folder(server: LocalServer) -> None:
    said = refusal("run", "--port", str(free_port()), "--data", str(server.data), "--", "true")

    assert said.startswith("Error: The server did not start:\nError: Another Outcrop has the data ")


@pytest.mark.parametrize(
    ("width", "header"),
    [
        (140, "NAME SIZE HERE ABILITY LANGUAGES FORMAT LICENCE"),
        (120, "NAME SIZE HERE ABILITY LANGUAGES FORMAT"),
        (80, "NAME SIZE HERE ABILITY"),
        (60, "NAME SIZE HERE"),
        (20, "NAME"),
    ],
)
def test_a_narrow_terminal_gets_fewer_columns_and_no_cut_ones(width: int, header: str) -> None:
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (24, width))
    subprocess.run(
        [sys.executable, "-m", "outcrop", "models", "list"],
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
        stdout=writer,
        check=True,
    )
    os.close(writer)
    shown = os.read(reader, 1 << 16).decode()
    os.close(reader)

    assert shown.splitlines()[0].split() == header.split()
    assert "multilingual-e5-small" in shown


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    done = outcrop("status", variables={"OUTCROP_SERVER_PROT": "80"})

    assert done.stderr == "Error: OUTCROP_SERVER_PROT: there is no such setting\n"
