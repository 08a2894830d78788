"""A serving program: workers that answer with what was asked, or do what it says."""

import os
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer

NAME = uuid.uuid4().hex


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "somebody"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if body == b"die":
            os._exit(7)
        if body.startswith(b"wait "):
            time.sleep(float(body[5:]))
        if body == b"who":
            body = NAME.encode()
        self.answer(body)

    def answer(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_):
        """Say nothing of clients that went away."""


if __name__ == "__main__":
    if "--broken" in sys.argv:
        sys.exit("no model here")
    print("serving", flush=True)
    path = "/opt/ml/sockets/0.sock"
    Path(path).unlink(missing_ok=True)
    Server(path, Handler).serve_forever()
