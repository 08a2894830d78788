"""AWS Security Token Service: who a caller is, and temporary credentials."""

from outcrop.operations import Service
from outcrop.services.sts import federation, identity, sessions

SERVICE = Service.of("sts", identity, sessions, federation)
