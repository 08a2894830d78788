"""Why a recommendations job, or one of its load tests, fails."""


class RecommendingFailedError(Exception):
    """It cannot go on; the message is the FailureReason."""
