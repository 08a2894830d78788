"""Why a job fails."""


class JobFailedError(Exception):
    """The job cannot go on; the message is its FailureReason, with `ClientError:` and the like."""
