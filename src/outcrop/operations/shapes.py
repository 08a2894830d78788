"""The errors that a service model knows, made when they are first named.

A service's `shapes` module holds nothing but `__getattr__ = modelled_errors(...)`. Type checkers
and editors read the stub beside it, which `make shapes` generates from botocore's service model: a
`TypedDict` per shape and a class per error, so a misspelt name is found before it runs.
"""

from collections.abc import Callable
from functools import cache

from outcrop.aws.errors import ServiceError


def modelled_errors(service: str) -> Callable[[str], type[ServiceError]]:
    """Return a module's `__getattr__` that answers a name with the error class of that name."""

    @cache
    def error_class(name: str) -> type[ServiceError]:
        if name.startswith("_"):
            raise AttributeError(name)
        return type(name, (ServiceError,), {"code": name, "__module__": f"{service}.shapes"})

    return error_class
