"""Why a deployment fails."""


class DeploymentFailedError(Exception):
    """A variant cannot be served; the message is the endpoint's FailureReason."""
