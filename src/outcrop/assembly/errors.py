"""Why a server does not start."""


class CannotStartError(Exception):
    """The settings, the machine or another program stand in the way; the message says what."""
