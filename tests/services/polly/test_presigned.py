"""Presigned URLs: whoever has one hears the text in it."""

import urllib.error
import urllib.request
from typing import Any

import numpy as np
import pytest

from tests.services.polly.sounds import samples

INPUT = {"Text": "Café, & tea?", "VoiceId": "Amy", "OutputFormat": "pcm", "SampleRate": "8000"}


def opened(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method)
    return urllib.request.urlopen(request, timeout=300)


@pytest.mark.parametrize("method", ["GET", None])
def test_a_presigned_url_speaks(polly: Any, method: str | None) -> None:
    url = polly.generate_presigned_url("synthesize_speech", Params=INPUT, HttpMethod=method)

    with opened(url, method or "POST") as answer:
        heard = np.frombuffer(answer.read(), "<i2") / 32768
        assert answer.headers["Content-Type"] == "audio/pcm"

    assert np.array_equal(heard, samples(polly.synthesize_speech(**INPUT)))


def test_lists_of_a_presigned_url_are_lists(polly: Any) -> None:
    url = polly.generate_presigned_url(
        "synthesize_speech",
        Params={**INPUT, "OutputFormat": "json", "SpeechMarkTypes": ["word"]},
        HttpMethod="GET",
    )

    with opened(url) as answer:
        assert len(answer.read().splitlines()) == 3


def test_a_presigned_url_is_checked_like_any_request(polly: Any) -> None:
    url = polly.generate_presigned_url(
        "synthesize_speech", Params={**INPUT, "SampleRate": "7"}, HttpMethod="GET"
    )

    with pytest.raises(urllib.error.HTTPError) as caught:
        opened(url)

    with caught.value as answer:
        assert answer.code == 400
        assert answer.headers["x-amzn-errortype"].startswith("InvalidSampleRateException")
