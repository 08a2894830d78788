"""Settings: the file, the variables over it, the flags over both."""

from pathlib import Path

import pytest

from outcrop.settings import SettingsError, load


def test_variables_stand_above_the_file_and_flags_above_both(tmp_path: Path) -> None:
    file = tmp_path / "outcrop.toml"
    file.write_text('data = "/from/file"\n[server]\nport = 1\nhost = "::1"\ntls_port = 4\n')

    settings = load(
        file,
        environment={"OUTCROP_SERVER_PORT": "2", "OUTCROP_SERVER_TLS_PORT": "3"},
        overrides={"server": {"port": 5}},
    )

    assert (settings.server.port, settings.server.tls_port, settings.server.host) == (5, 3, "::1")
    assert settings.data == Path("/from/file")


def test_digits_of_an_account_stay_text() -> None:
    variables = {"OUTCROP_AUTHENTICATION_DEFAULT_ACCOUNT": "111122223333"}

    assert load(environment=variables).authentication.default_account == "111122223333"


def test_one_setting_of_the_jobs_leaves_the_others_as_they_are() -> None:
    settings = load(environment={"OUTCROP_JOBS_INSTANCES": "7"})

    assert settings.jobs.instances == 7
    assert settings.jobs.runtimes == load(environment={}).jobs.runtimes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[server]\nprt = 1", "extra fields found (prt) @ settings.server"),
        ("[server]\nport = true", "invalid value for type, expected int @ settings.server.port"),
        ("[storage]\ndurability = 'no'", "settings.storage.durability"),
        ("[server", "Expected ']'"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "outcrop.toml"
    file.write_text(text)

    with pytest.raises(SettingsError) as caught:
        load(file, environment={})

    assert message in str(caught.value)
