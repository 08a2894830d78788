"""Blobs in text are base64, as strict as it is useful."""

import base64

import pytest

from outcrop.aws.errors import SerializationError
from outcrop.protocol.scalars import read_blob

CONTENT = bytes(range(256)) * 5


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 1280])
def test_blobs_of_every_padding_are_read(size: int):
    assert read_blob(base64.b64encode(CONTENT[:size]).decode()) == CONTENT[:size]


@pytest.mark.parametrize(
    "text", [base64.encodebytes(CONTENT).decode(), " YWJj\r\nZGVm\n", "YWJj ZGVm"]
)
def test_white_space_is_passed_over(text: str):
    assert read_blob(text) == base64.b64decode("".join(text.split()))


@pytest.mark.parametrize("text", ["YWJ", "YWJj!", "YWJj-_8=", "Y=Jj", "é", "YWJj\0"])
def test_what_is_no_base64_is_refused(text: str):
    with pytest.raises(SerializationError, match="Invalid base64"):
        read_blob(text)
