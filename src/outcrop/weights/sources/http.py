"""Files that a server gives over HTTP: resumed where they broke, tried again when it is busy."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import httpx

from outcrop.weights.errors import SourceError
from outcrop.weights.partial import PartialFile
from outcrop.weights.progress import Step
from outcrop.weights.settings import WeightsSettings

LONGEST_PAUSE_SECONDS = 60.0
BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""
REASONS: Mapping[int, str] = {
    401: "refuses access (401): a token is needed, or this one is not valid",
    403: "refuses access (403): its terms may have to be accepted there, and a token given",
    404: "has no such file (404)",
    410: "has no such file any more (410)",
}


class InterruptedDownloadError(Exception):
    """A download stopped before its end and may go on."""

    def __init__(self, reason: str, *, pause_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.pause_seconds = pause_seconds
        """What the server asked for."""


class Downloads:
    """The HTTP downloads of one pull; a host that is out of reach is asked only once."""

    def __init__(
        self, settings: WeightsSettings, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._pause = pause
        self._out_of_reach: dict[str, str] = {}

    def fetch(
        self, url: str, partial: PartialFile, size: int, step: Step, token: str | None = None
    ) -> None:
        """Append the bytes that are missing.

        Args:
            url: Where the file is.
            partial: What has arrived so far.
            size: How many bytes the file must have.
            step: Told of every chunk.
            token: A bearer token for the host of the URL; hosts it redirects to never see it.

        Raises:
            SourceError: The host is out of reach, refuses, or keeps breaking off.
        """
        download = _Download(url, partial, size, step, token)
        if download.host in self._out_of_reach:
            raise SourceError(self._out_of_reach[download.host])
        timeout = httpx.Timeout(
            self._settings.read_timeout_seconds, connect=self._settings.connect_timeout_seconds
        )
        with httpx.Client(follow_redirects=True, timeout=timeout) as client:
            self._persist(download, client)

    def _persist(self, download: "_Download", client: httpx.Client) -> None:
        fruitless = 0
        while True:
            before = download.partial.size
            try:
                download.go_on(client)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                reason = f"{download.host} is out of reach: {error or 'it does not answer'}"
                if download.partial.size == 0:
                    self._out_of_reach[download.host] = reason
                    raise SourceError(reason) from error
                interruption = InterruptedDownloadError(reason)
            except (httpx.TransportError, httpx.TooManyRedirects) as error:
                interruption = InterruptedDownloadError(f"{download.host} broke off: {error}")
            except InterruptedDownloadError as error:
                interruption = error
            else:
                return
            fruitless = 0 if download.partial.size > before else fruitless + 1
            if fruitless > self._settings.max_retries:
                raise SourceError(str(interruption)) from interruption
            self._pause(self._seconds_before_retry(fruitless, interruption))

    def _seconds_before_retry(
        self, fruitless: int, interruption: InterruptedDownloadError
    ) -> float:
        asked = interruption.pause_seconds
        grown = self._settings.retry_delay_seconds * 2 ** max(0, fruitless - 1)
        return min(LONGEST_PAUSE_SECONDS, grown if asked is None else asked)


class _Download:
    """One file on its way."""

    def __init__(
        self, url: str, partial: PartialFile, size: int, step: Step, token: str | None
    ) -> None:
        self.host = httpx.URL(url).netloc.decode()
        self.partial = partial
        self._url = url
        self._size = size
        self._step = step
        self._token = token

    def go_on(self, client: httpx.Client) -> None:
        """Ask for what is missing, and append what comes until it ends or breaks."""
        with client.stream("GET", self._url, headers=self._headers()) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                self._start_again()
            self._check_status(response)
            if response.status_code != HTTPStatus.PARTIAL_CONTENT:
                self.partial.truncate(0)
            self._check_extent(response)
            for chunk in response.iter_raw():
                self._append(chunk)

    def _headers(self) -> dict[str, str]:
        # Compression would make the offsets those of the compressed bytes.
        headers = {"Accept-Encoding": "identity"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        if self.partial.size:
            headers["Range"] = f"bytes={self.partial.size}-"
        return headers

    def _start_again(self) -> None:
        self.partial.truncate(0)
        raise InterruptedDownloadError(f"{self.host} cannot resume the file")

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in BUSY:
            raise InterruptedDownloadError(
                f"{self.host} is busy ({status})",
                pause_seconds=_seconds(response.headers.get("Retry-After")),
            )
        if not response.is_success:
            raise SourceError(f"{self.host} {REASONS.get(status, f'answers {status}')}")

    def _check_extent(self, response: httpx.Response) -> None:
        """Refuse another file before it is downloaded, and a range that was not asked for."""
        total = response.headers.get("Content-Length", "")
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            content_range = response.headers.get("Content-Range", "")
            extent, _, total = content_range.removeprefix("bytes ").partition("/")
            if extent.partition("-")[0] != str(self.partial.size):
                self._start_again()
        if total.isdecimal() and int(total) != self._size:
            raise SourceError(f"{self.host} has {total} bytes, not {self._size}")

    def _append(self, chunk: bytes) -> None:
        if self.partial.size + len(chunk) > self._size:
            raise SourceError(f"{self.host} sends more than the {self._size} bytes of the file")
        self.partial.append(chunk)
        self._step(f"from {self.host}", self.partial.size)


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header; a date in it counts as nothing asked."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
