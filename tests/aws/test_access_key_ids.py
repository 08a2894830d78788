import pytest
from hypothesis import given
from hypothesis import strategies as some

from outcrop.aws.access_key_ids import account_of, make_access_key_id, unique_id


def test_the_account_of_a_key_of_aws_is_found():
    # Source: https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
    assert account_of("ASIAY34FZKBOKMUTVV7A") == "609629065308"


@given(
    account=some.from_regex(r"[0-9]{12}", fullmatch=True),
    randomness=some.binary(min_size=5, max_size=5),
)
def test_the_account_of_a_key_of_ours_is_found(account: str, randomness: bytes):
    access_key_id = make_access_key_id("AKIA", account, randomness)

    assert len(access_key_id) == 20
    assert account_of(access_key_id) == account


@given(text=some.text(max_size=24))
def test_other_keys_hold_no_account(text: str):
    with pytest.raises(ValueError, match="no access key id"):
        account_of(f"{text}!")


@pytest.mark.parametrize("text", ["", "AKIA", "AKIAABCDEFGH", "test"])
def test_short_keys_hold_no_account(text: str):
    with pytest.raises(ValueError, match="no access key id"):
        account_of(text)


def test_a_unique_id_is_the_same_for_the_same_thing():
    one = unique_id("AIDA", "123456789012", "ada")

    assert one == unique_id("AIDA", "123456789012", "ada")
    assert one != unique_id("AIDA", "123456789012", "bob")
    assert one.startswith("AIDA")
    assert len(one) == 21
