"""Programs that serve: fleets of replicas that are started, watched, started anew and asked.

A replica is one run of the `Runner`, so it outlives the server that started it. Its workers answer
HTTP on Unix sockets in a folder of the replica's: no port is taken, no other user reaches them, and
a program without a network can be asked, too. A container listens at a port of its own address.
"""

from outcrop.jobs.serving.fleet import Fleet
from outcrop.jobs.serving.fleets import Fleets
from outcrop.jobs.serving.interface import (
    Answer,
    Answerer,
    BrokenAnswerError,
    FleetFailedError,
    NoAnswerError,
    Question,
    Seat,
    Serving,
    TooManyWaitingError,
)
from outcrop.jobs.serving.routes import Route, Share

__all__ = [
    "Answer",
    "Answerer",
    "BrokenAnswerError",
    "Fleet",
    "FleetFailedError",
    "Fleets",
    "NoAnswerError",
    "Question",
    "Route",
    "Seat",
    "Serving",
    "Share",
    "TooManyWaitingError",
]
