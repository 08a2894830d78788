"""Why a tracking server cannot run."""


class TrackerFailedError(Exception):
    """A tracking server does not get ready; the message says why."""
