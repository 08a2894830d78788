"""Timecodes with and without drop frame."""

import pytest

from outcrop.services.rekognition.timecodes import timecode

FILM, NTSC, FAST = 24.0, 30 / 1.001, 60 / 1.001


@pytest.mark.parametrize(
    ("frame", "rate", "code"),
    [
        (0, FILM, "00:00:00:00"),
        (697, FILM, "00:00:29:01"),  # as in AWS's own example
        (11312, FILM, "00:07:51:08"),
        (25 * 3600, 25.0, "01:00:00:00"),
        (23, 24 / 1.001, "00:00:00:23"),  # whose codes drop none
        (1800, 29.5, "00:01:00:00"),  # nor do those of other rates
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (107892, NTSC, "01:00:00;00"),
        (3599, FAST, "00:00:59;59"),
        (3600, FAST, "00:01:00;04"),
        (35964, FAST, "00:10:00;00"),
    ],
)
def test_a_frame_has_its_code(frame: int, rate: float, code: str):
    assert timecode(frame, rate) == code


def test_no_code_comes_twice_and_none_that_is_dropped():
    codes = [timecode(frame, NTSC) for frame in range(20_000)]

    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    dropped = {f"00:{minute:02}:00;0{frame}" for minute in range(1, 10) for frame in (0, 1)}
    assert not dropped & set(codes)
