"""What a finished write survives."""

from typing import Literal, TypeAlias

Durability: TypeAlias = Literal["full", "process"]
"""`full`: a loss of power. `process`: the death of the process, but not of the operating system."""

# `full` is the default everywhere. On an idle ext4 disk of a virtual machine, a small write of a
# record took 50 µs without fsync and 230 µs with it; while others kept the disk busy, 60 µs and
# 1 to 4 ms. But writes that wait together share one fsync: with 32 writers on the busy disk it was
# 45 µs against 130 µs each. "An acknowledged write is durable" is worth that; tests that start a
# server per case may ask for less.
