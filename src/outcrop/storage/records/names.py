"""Names in their order, and scopes by pattern."""

from outcrop.storage.records.interface import Scope

LAST_CODE_POINT = chr(0x10FFFF)
_SURROGATES = range(0xD800, 0xE000)


def beyond_prefix(prefix: str) -> str | None:
    """Return the first string beyond all that start with `prefix`; `None` when there is no end.

    The order is that of UTF-8 bytes, which is that of code points.
    """
    stem = prefix.rstrip(LAST_CODE_POINT)
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    # UTF-8 cannot hold surrogates, so no name lies there.
    return stem[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def bounds(*, prefix: str, after: str, descending: bool) -> list[tuple[str, str]]:
    """Return what holds for the names of a list, as operators and values: `[(">=", "a")]`."""
    end = beyond_prefix(prefix)
    return [
        *([(">=", prefix)] if prefix else []),
        *([("<", end)] if end is not None else []),
        *([("<" if descending else ">", after)] if after else []),
    ]


def matches(scope: Scope, *, service: str | None, kind: str | None, account: str | None) -> bool:
    """Tell whether a scope is one that `RecordStore.scopes` was asked for."""
    return (
        service in (None, scope.service)
        and account in (None, scope.account)
        and (kind is None or _is_kind(scope.kind, kind))
    )


def _is_kind(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted) if wanted.endswith("/") else kind == wanted
