"""Streams of ConverseStream side by side on one connection of HTTP/2, without TLS."""

import json
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived

from tests.services.bedrock_runtime.conversing import MODEL

CREDENTIAL = "123456789012/20260101/us-east-1/bedrock/aws4_request"
PATIENCE_SECONDS = 120


class Http2Streams:
    """Asks once for each body when it is made."""

    def __init__(self, url: str, bodies: Iterable[Any]) -> None:
        address = urlsplit(url)
        self._socket = socket.create_connection(
            (address.hostname, address.port), timeout=PATIENCE_SECONDS
        )
        self._h2 = H2Connection()
        self._h2.initiate_connection()
        self._open = [self._ask(address.netloc, json.dumps(body).encode()) for body in bodies]
        self._socket.sendall(self._h2.data_to_send())

    def _ask(self, host: str, body: bytes) -> int:
        stream = self._h2.get_next_available_stream_id()
        signed = f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, Signature="
        self._h2.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", host),
                (":path", f"/model/{MODEL}/converse-stream"),
                ("content-type", "application/json"),
                ("authorization", signed + "0" * 64),
                ("x-amz-date", "20260101T000000Z"),
            ],
        )
        self._h2.send_data(stream, body, end_stream=True)
        return stream

    def listen(self) -> None:
        """Wait until something is said on every stream."""
        silent = set(self._open)
        while silent:
            data = self._socket.recv(65536)
            assert data, "The server hung up."
            for event in self._h2.receive_data(data):
                if isinstance(event, ResponseReceived):
                    assert (b":status", b"200") in event.headers, event.headers
                if isinstance(event, DataReceived):
                    silent.discard(event.stream_id)
                    self._h2.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
            self._socket.sendall(self._h2.data_to_send())

    def cancel(self) -> None:
        """Give up every stream; the connection stays."""
        for stream in self._open:
            self._h2.reset_stream(stream)
        self._socket.sendall(self._h2.data_to_send())

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
