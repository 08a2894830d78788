"""Timecodes as studios write them: hours, minutes, seconds, and frames within the second.

At 29.97 and 59.94 frames a second, the numbers of some frames are left out, so that the code keeps
up with the clock: drop frame.

Source: https://en.wikipedia.org/wiki/SMPTE_timecode
"""

DROPPED_A_MINUTE = 2
"""Numbers at 29.97 frames a second, but for every tenth minute; twice as many at 59.94."""
DROPPING = (30, 60)
NTSC = 1.001
"""By which these rates are divided."""


def timecode(frame: int, frames_per_second: float) -> str:
    """Return the timecode of a frame, counted from 0 on; `;` before the frames tells drop frame."""
    whole = max(round(frames_per_second), 1)
    is_dropping = whole in DROPPING and abs(frames_per_second - whole / NTSC) < 0.001
    if is_dropping:
        frame = _with_dropped(frame, whole)
    seconds, frames = divmod(frame, whole)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if is_dropping else ':'}{frames:02}"


def _with_dropped(frame: int, whole: int) -> int:
    """Return the number of a frame that counts the numbers which are left out."""
    dropped = DROPPED_A_MINUTE * whole // DROPPING[0]
    a_minute = 60 * whole - dropped
    tens, rest = divmod(frame, 10 * a_minute + dropped)
    # The first minute of ten drops none, and so is longer.
    minutes = max(rest - dropped, 0) // a_minute
    return frame + dropped * (9 * tens + minutes)
