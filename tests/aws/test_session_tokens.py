from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from outcrop.aws.access_key_ids import account_of
from outcrop.aws.session_tokens import InvalidSessionTokenError, Session, SessionTokens

NOW = datetime(2026, 11, 22, 12, 30, 15, 999_999, tzinfo=UTC)
TOKENS = SessionTokens(b"s" * 32)
ARN = "arn:aws:sts::123456789012:assumed-role/reader/me"


def issue(tokens: SessionTokens = TOKENS):
    return tokens.issue(
        account="123456789012",
        arn=ARN,
        user_id="AROAEXAMPLE:me",
        expires_at=NOW + timedelta(hours=1),
    )


def test_a_token_tells_whose_it_is():
    credentials = issue()

    assert TOKENS.open(credentials.session_token) == Session(
        access_key_id=credentials.access_key_id,
        account="123456789012",
        arn=ARN,
        user_id="AROAEXAMPLE:me",
        expires_at=datetime(2026, 11, 22, 13, 30, 15, tzinfo=UTC),
    )
    assert credentials.expires_at == datetime(2026, 11, 22, 13, 30, 15, tzinfo=UTC)


def test_the_secret_key_follows_from_the_token_and_the_servers_secret():
    credentials = issue()
    again, elsewhere = SessionTokens(b"s" * 32), SessionTokens(b"t" * 32)

    assert len(credentials.secret_access_key) == 40
    assert again.secret_access_key(credentials.session_token) == credentials.secret_access_key
    assert elsewhere.secret_access_key(credentials.session_token) != credentials.secret_access_key


def test_credentials_have_the_form_of_those_of_aws():
    credentials = issue()

    assert credentials.access_key_id.startswith("ASIA")
    assert len(credentials.access_key_id) == 20
    assert account_of(credentials.access_key_id) == "123456789012"


def test_no_two_are_alike():
    assert len({issue().access_key_id for _ in range(100)}) == 100
    assert len({issue().secret_access_key for _ in range(100)}) == 100


def test_their_representation_keeps_the_secrets():
    credentials = issue()

    assert credentials.secret_access_key not in repr(credentials)
    assert credentials.session_token not in repr(credentials)


def test_another_servers_token_is_refused():
    with pytest.raises(InvalidSessionTokenError):
        TOKENS.open(issue(SessionTokens(b"t" * 32)).session_token)


def test_no_letter_of_a_token_can_be_changed():
    token = issue().session_token

    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(InvalidSessionTokenError):
            TOKENS.open(changed)


@given(token=some.text() | some.text("AQ-_=", max_size=60))
def test_whatever_else_is_no_token(token: str):
    with pytest.raises(InvalidSessionTokenError):
        TOKENS.open(token)


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        SessionTokens(b"short")
