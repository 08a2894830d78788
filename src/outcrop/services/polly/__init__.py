"""Amazon Polly: speech from text, by models on this machine."""

from outcrop.operations import Service
from outcrop.services.polly import lexicons, stream, synthesis, tags, tasks, voices
from outcrop.services.polly.quirks import PollyQuirks

SERVICE = Service.of(
    "polly",
    synthesis,
    stream,
    voices,
    lexicons,
    tasks,
    tags,
    quirks=PollyQuirks(),
    on_start=tasks.resume,
)
