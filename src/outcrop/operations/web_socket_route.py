"""An operation with event streams both ways that clients may also open as a WebSocket.

Browsers cannot speak HTTP/2 both ways at once, so AWS takes such operations in a second form: `GET`
of the operation's own path with `-websocket` behind it, presigned; what would be headers are query
parameters without the prefix that the headers have in common; each binary message holds one frame
of the event stream.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-websocket.html
and `packages/middleware-websocket` of https://github.com/aws/aws-sdk-js-v3
"""

from dataclasses import dataclass

PATH_SUFFIX = "-websocket"


@dataclass(frozen=True, slots=True)
class WebSocketRoute:
    """Lets an operation be opened as a WebSocket; its handler does not see the difference.

    `StartStreamTranscription` is this one, in the module of its family:

        streaming = WebSocketRoute("StartStreamTranscription", header_prefix="x-amzn-transcribe-")
    """

    operation: str
    """As AWS writes it."""
    header_prefix: str = ""
    """What stands before the names of query parameters where they are headers, in lower case."""
