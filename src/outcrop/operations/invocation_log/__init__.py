"""Bedrock's log of model invocations: what it says, and how it comes to S3 and CloudWatch Logs.

The service that answers an invocation calls `log_invocation` before its answer is whole. The entry
is then in the record store, durably, and a background task brings it to where the account wants
it: soon, in order, several in one file when they come fast. An entry leaves the store when it has
arrived; after a crash the last ones may arrive twice. A destination that refuses them, such as a
bucket that has been deleted, loses them, as on AWS.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from outcrop.operations.invocation_log.delivery import STREAM, log_key
from outcrop.operations.invocation_log.entries import Invocation
from outcrop.operations.invocation_log.queue import log_invocation, resume

__all__ = ["STREAM", "Invocation", "log_invocation", "log_key", "resume"]
