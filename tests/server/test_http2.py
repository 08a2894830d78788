"""What HTTP/2 promises below the requests."""

import socket
from urllib.parse import urlsplit

from h2.connection import H2Connection
from h2.events import WindowUpdated

from outcrop import LocalServer

FIRST_WINDOW = 65_535
"""Bytes that a client may send on a stream before it knows the server's settings.

Source: https://www.rfc-editor.org/rfc/rfc9113, section 6.9.2
"""
PATIENCE_SECONDS = 60


def test_a_client_that_filled_the_first_window_is_told_to_go_on(
    server: LocalServer, account: str
) -> None:
    address = urlsplit(server.url)
    client = H2Connection()
    client.initiate_connection()
    scope = f"{account}/20260101/us-east-1/transcribe/aws4_request"
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":authority": address.netloc,
        ":path": "/stream-transcription",
        "content-type": "application/vnd.amazon.eventstream",
        "x-amzn-transcribe-language-code": "en-US",
        "x-amzn-transcribe-media-encoding": "pcm",
        "x-amzn-transcribe-sample-rate": "16000",
        "x-amz-date": "20260101T000000Z",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, "
        f"Signature={'0' * 64}",
    }
    client.send_headers(1, list(headers.items()))
    # One event that is longer than the window: the server must read on to have it whole.
    sound = (1 << 20).to_bytes(4, "big") + bytes(FIRST_WINDOW - 4)
    for start in range(0, FIRST_WINDOW, client.max_outbound_frame_size):
        client.send_data(1, sound[start : start + client.max_outbound_frame_size])

    updates: list[WindowUpdated] = []
    with socket.create_connection(
        (address.hostname, address.port), timeout=PATIENCE_SECONDS
    ) as connection:
        connection.sendall(client.data_to_send())
        while not any(update.stream_id == 1 for update in updates):
            data = connection.recv(65536)
            assert data, "The server hung up."
            updates += [one for one in client.receive_data(data) if isinstance(one, WindowUpdated)]
            connection.sendall(client.data_to_send())

    assert sum(update.delta or 0 for update in updates if update.stream_id == 1) > 0
