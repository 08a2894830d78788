"""The inference contract: the functions of the user's module, else the framework's.

Sources: https://github.com/aws/sagemaker-inference-toolkit (transformer.py),
https://github.com/aws/sagemaker-containers (_transformer.py)
"""

import importlib
import importlib.util
import inspect
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from outcrop_runtime.serving.messages import JSON, Request, Response, UnsupportedFormatError
from outcrop_runtime.serving.surroundings import Surroundings

NOT_FOUND = 404
UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE, INTERNAL_SERVER_ERROR = 415, 406, 500
PAYLOAD_MB = 6
"""The longest that transform jobs send, if nobody says anything else."""
PARTS = ("input_fn", "predict_fn", "output_fn")


class Framework(Protocol):
    """The functions that a framework has for users who write none."""

    def model_fn(self, model_dir: str) -> Any:
        """Load the model."""
        ...

    def input_fn(self, content: str | bytes, content_type: str) -> Any:
        """Return what a request holds."""
        ...

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Ask the model."""
        ...

    def output_fn(self, prediction: Any, accept: str) -> Any:
        """Return a prediction as bytes, and their content type."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What functions get that take one argument more."""

    system_properties: Mapping[str, str]
    request_headers: Mapping[str, str]

    def get_all_request_header(self, _index: int = 0) -> Mapping[str, str]:
        """Return the request's headers."""
        return self.request_headers


class Handlers:
    """A loaded model and the functions around it."""

    def __init__(self, surroundings: Surroundings, framework: Framework) -> None:
        """Import the user's module, if there is one, and load the model.

        Raises:
            Exception: Whatever the user's code raises.
        """
        self._surroundings = surroundings
        self._rooms: dict[Callable[..., Any], int] = {}
        """How many arguments functions take."""
        module = _user_module(surroundings)
        own = {name: getattr(module, name) for name in PARTS if hasattr(module, name)}
        functions_of = getattr(framework, "functions_of", None)
        if module is not None and functions_of is not None:
            own |= functions_of(module)  # By names that only this framework knows.
        own_parameters = None if module else self._usual_parameters
        self._parameters: Callable[[], Any] | None = getattr(
            module, "execution_parameters_fn", own_parameters
        )
        self._transform: Callable[..., Any] | None = getattr(module, "transform_fn", None)
        if self._transform is not None and own:
            raise ValueError(
                "Cannot use transform_fn implementation in conjunction with "
                "input_fn, predict_fn, and/or output_fn implementation"
            )
        # AWS's toolkits answer users' modules in JSON; a framework by itself may have its own way.
        usual = JSON if module else getattr(framework, "DEFAULT_ACCEPT", JSON)
        self._default_accept: str = surroundings.default_accept or usual
        self._functions = {name: own.get(name, getattr(framework, name)) for name in PARTS}
        load = getattr(module, "model_fn", framework.model_fn)
        self._model = self._call(load, str(surroundings.model))

    def answer(self, request: Request) -> Response:
        """Return the model's answer, or the error as a response: never raise."""
        try:
            return self._answer(request)
        except Exception as error:  # noqa: BLE001 - users' code; the client and the log are told
            traceback.print_exc()
            return failed(error)

    def execution_parameters(self) -> Response:
        """Return what the user's function says; never raise.

        Where there is no code of a user's, each worker is to be asked; where there is, but no such
        function, nothing is said, as by AWS's toolkits.
        """
        if self._parameters is None:
            return Response(body=b"Not found\n", content_type="text/plain", status=NOT_FOUND)
        try:
            return _response(self._parameters(), JSON)
        except Exception as error:  # noqa: BLE001 - users' code; the client and the log are told
            traceback.print_exc()
            return failed(error)

    def _usual_parameters(self) -> Mapping[str, Any]:
        return {
            "MaxConcurrentTransforms": self._surroundings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": PAYLOAD_MB,
        }

    def _answer(self, request: Request) -> Response:
        accept = request.accept
        if accept in ("", "*/*"):
            accept = self._default_accept
        context = Context({"model_dir": str(self._surroundings.model)}, request.headers)
        if self._transform is not None:
            given = (self._model, request.content, request.content_type, accept)
            return _response(self._call(self._transform, *given, context=context), accept)
        read, predict, write = (self._functions[name] for name in PARTS)
        try:
            data = self._call(read, request.content, request.content_type, context=context)
        except UnsupportedFormatError as error:
            return _refusal(error, UNSUPPORTED_MEDIA_TYPE)
        prediction = self._call(predict, data, self._model, context=context)
        try:
            written = self._call(write, prediction, accept, context=context)
        except UnsupportedFormatError as error:
            return _refusal(error, NOT_ACCEPTABLE)
        return _response(written, accept)

    def _call(
        self, function: Callable[..., Any], *given: Any, context: Context | None = None
    ) -> Any:
        """Call a function, with the context if it has room for one."""
        room = self._rooms.get(function)
        if room is None:
            room = self._rooms[function] = len(inspect.signature(function).parameters)
        return function(*given, context) if room == len(given) + 1 else function(*given)


def failed(error: Exception) -> Response:
    """Return the answer that tells of an error, within its handler."""
    status = getattr(error, "status_code", INTERNAL_SERVER_ERROR)
    text = f"{error}\n{traceback.format_exc()}"
    return Response(body=text.encode(), content_type="text/plain", status=int(status))


def _user_module(surroundings: Surroundings) -> ModuleType | None:
    """Import the user's module; `None` if there is none."""
    for folder in (surroundings.code / "lib", surroundings.code):
        if folder.is_dir():
            sys.path.insert(0, str(folder))
    if importlib.util.find_spec(surroundings.module) is None:
        return None
    return importlib.import_module(surroundings.module)


def _response(written: Any, accept: str) -> Response:
    """Return what functions gave as a response: text, bytes or pieces, alone or with their type."""
    content_type = accept.partition(",")[0]
    if isinstance(written, tuple):
        written, content_type = written
    if isinstance(written, str):
        written = written.encode()
    if isinstance(written, bytes | bytearray | memoryview):
        return Response(body=bytes(written), content_type=content_type)
    if isinstance(written, Iterator):
        return Response(body=_pieces(written), content_type=content_type)
    body = getattr(written, "response", None)  # Response objects of AWS's older toolkit.
    if body is not None:
        pieces = [body] if isinstance(body, str | bytes) else list(body)
        whole = b"".join(_pieces(pieces))
        return Response(body=whole, content_type=getattr(written, "mimetype", content_type))
    return Response(body=json.dumps(written).encode(), content_type=content_type)


def _pieces(written: Iterable[Any]) -> Iterator[bytes]:
    return (piece.encode() if isinstance(piece, str) else bytes(piece) for piece in written)


def _refusal(error: UnsupportedFormatError, status: int) -> Response:
    body = {
        "error": "UnsupportedFormatError",
        "error-message": str(error),
        "stack-trace": traceback.format_exc(),
    }
    return Response(body=json.dumps(body).encode(), content_type="application/json", status=status)
