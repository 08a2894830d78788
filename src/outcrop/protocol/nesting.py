"""Requests nested deeper than Python's stack allows; JSON has a lower bound of its own."""

from types import TracebackType

from outcrop.aws.errors import SerializationError


class BoundedNesting:
    """Turns the end of Python's stack into the client's error."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise `SerializationError` in place of a `RecursionError`."""
        if kind is not None and issubclass(kind, RecursionError):
            raise SerializationError("The request is nested too deeply") from error
