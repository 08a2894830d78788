"""Sends requests as botocore writes them, valid or not, and keeps what came back."""

import contextvars
import itertools
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.exceptions
import botocore.session
import httpx
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials
from botocore.eventstream import EventStream
from botocore.handlers import (
    generate_idempotent_uuid,
    json_decode_policies,
    validate_bucket_name,
)
from botocore.model import OperationModel
from botocore.response import StreamingBody

from outcrop.protocol.service_models import ServiceModels, model_loader

ANSWER_WITHIN_SECONDS = 30
REGION = "us-east-1"
SHOWN = 1_500
"""Characters of a request or an answer that are shown."""

_MODELS = ServiceModels()
_account = contextvars.ContextVar("account", default="000000000000")
_sent: contextvars.ContextVar["Exchange"] = contextvars.ContextVar("sent")


@dataclass
class Exchange:
    """What went over the wire for one call."""

    request: AWSPreparedRequest | None = None
    response: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one call."""

    exchange: Exchange
    answer: Mapping[str, Any]
    """As botocore's parser gives it; streams are read to their ends."""
    broke: str | None = None
    """Why there is no answer."""

    @property
    def is_sent(self) -> bool:
        """Whether botocore could write the request at all."""
        return self.exchange.request is not None

    @property
    def status(self) -> int:
        """The HTTP status; 0 without an answer."""
        return int(self.exchange.response.get("status_code", 0))

    @property
    def text(self) -> str:
        """The answer's body, what was kept of it."""
        body = self.exchange.response.get("body", b"")
        return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(self.answer)

    def shown(self) -> str:
        """Return request and answer for a reader."""
        request = self.exchange.request
        lines = []
        if request is not None:
            body = request.body if isinstance(request.body, bytes | str) else b""
            lines = [f"> {request.method} {request.url}", f"> {_as_text(body)}"[:SHOWN]]
            lines += [f"> {name}: {_as_text(value)}" for name, value in request.headers.items()]
        return "\n".join([*lines, f"< {self.status}", f"< {self.text}"[:SHOWN]])


class Client:
    """Calls the operations of one service, in any account, from any thread."""

    def __init__(self, service: str, url: str) -> None:
        self._url = url
        self._others: dict[str, Client] = {}
        self._model = _MODELS.load(service)
        session = botocore.session.Session()
        session.register_component("credential_provider", CredentialResolver([_AnyAccount()]))
        session.register_component("data_loader", model_loader())
        self._client: BaseClient = session.create_client(
            service,
            region_name=REGION,
            endpoint_url=url,
            config=Config(
                parameter_validation=False,
                inject_host_prefix=False,
                retries={"total_max_attempts": 1},
                read_timeout=ANSWER_WITHIN_SECONDS,
                max_pool_connections=32,
                s3={"addressing_style": "path"},
            ),
        )
        events = self._client.meta.events
        for event in ("before-parameter-build.s3", "before-parameter-build.s3-control"):
            events.unregister(event, validate_bucket_name)
        events.unregister("before-parameter-build", generate_idempotent_uuid)
        events.unregister("after-call.iam", json_decode_policies)
        events.register("before-send", _keep_request)
        events.register("response-received", _keep_response)

    def of(self, service: str) -> "Client":
        """Return a client of another service of the same server."""
        if service not in self._others:
            self._others[service] = Client(service, self._url)
        return self._others[service]

    @property
    def operation_names(self) -> list[str]:
        """All operations that the service model has."""
        return list(self._model.operation_names)

    def operation_model(self, operation: str) -> OperationModel:
        """Return the model of an operation: botocore's, with its known gaps filled."""
        return self._model.operation_model(operation)

    def can_send(self, operation: str) -> bool:
        """Return whether botocore sends this operation: not those with streams both ways."""
        return hasattr(self._client, xform_name(operation))

    def send(
        self, operation: str, request: Mapping[str, Any], *, most_events: int | None = None
    ) -> Outcome:
        """Call an operation and return what came of it, whatever it was.

        Args:
            operation: Its name.
            request: Its input.
            most_events: Of a streamed answer that does not end by itself, how many are read.
        """
        exchange = Exchange()
        _sent.set(exchange)
        try:
            answer = getattr(self._client, xform_name(operation))(**request)
            return Outcome(exchange=exchange, answer=_read_whole(answer, most_events))
        except botocore.exceptions.ClientError as error:
            return Outcome(exchange=exchange, answer=error.response)
        except botocore.exceptions.HTTPClientError as error:
            # A header that HTTP cannot carry is found only when it is written.
            is_sent = not isinstance(error.kwargs.get("error"), ValueError)
            return Outcome(
                exchange=exchange if is_sent else Exchange(), answer={}, broke=str(error)
            )
        except Exception as error:  # noqa: BLE001 - botocore fails in many ways on invalid input
            is_sent = exchange.request is None or _is_http(exchange.request)
            return Outcome(
                exchange=exchange if is_sent else Exchange(),
                answer={},
                broke=f"{type(error).__name__}: {error}",
            )

    def empty_account(self) -> None:
        """Empty the account in force."""
        url = f"{self._url}/_outcrop/reset"
        httpx.post(url, params={"account": account_in_force()}, timeout=60).raise_for_status()

    def ask(self, operation: str, /, **request: Any) -> dict[str, Any]:
        """Call an operation that must succeed, to prepare others.

        Raises:
            botocore.exceptions.ClientError: It did not.
        """
        _sent.set(Exchange())
        return dict(getattr(self._client, xform_name(operation))(**request))


def account_in_force() -> str:
    """Return the account whose calls this thread makes."""
    return _account.get()


@contextmanager
def as_account(account: str) -> Iterator[None]:
    """Let the calls of this thread be those of an account."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


class _AccountCredentials(Credentials):
    """Credentials of whichever account is in force: its number is its key's id."""

    def get_frozen_credentials(self) -> Any:
        return Credentials(_account.get(), "secret").get_frozen_credentials()


class _AnyAccount(CredentialProvider):
    METHOD = "account"

    def load(self) -> Credentials:
        return _AccountCredentials("unused", "unused")


def _is_http(request: AWSPreparedRequest) -> bool:
    """Tell whether HTTP may carry the headers of a request, some of which are written unchecked.

    Source: RFC 9110, section 5.5
    """
    values = (_as_text(value) for value in request.headers.values())
    return not any(character < " " and character != "\t" for value in values for character in value)


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _keep_request(request: AWSPreparedRequest, **_: Any) -> None:
    _sent.get().request = request


def _keep_response(response_dict: Mapping[str, Any], **_: Any) -> None:
    _sent.get().response = response_dict or {}


def _read_whole(answer: Mapping[str, Any], most_events: int | None) -> dict[str, Any]:
    return {name: _read(item, most_events) for name, item in answer.items()}


def _read(item: Any, most_events: int | None) -> Any:
    if isinstance(item, StreamingBody):
        return item.read()
    if isinstance(item, EventStream):
        with closing(item):
            return list(itertools.islice(item, most_events))
    return item
