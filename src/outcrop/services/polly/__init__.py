"""Amazon Polly: speech from text, by models on this machine."""

from outcrop.operations import Service
from outcrop.services.polly import synthesis, voices

SERVICE = Service.of("polly", synthesis, voices)
