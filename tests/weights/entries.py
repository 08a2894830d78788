"""Small entries for tests, made of bytes."""

import hashlib
from pathlib import Path

from outcrop.weights import WeightsSettings, WeightStore
from outcrop.weights.catalog import Catalog, Entry, HubSource, Source, WeightsFile

CONTENT = bytes(range(256)) * 4096
"""One mebibyte in which every offset can be told from its neighbours."""

HUB = HubSource(repository="acme/tiny", revision="abc123", path="tiny.gguf")
HUB_PATH = "/acme/tiny/resolve/abc123/tiny.gguf"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(*sources: Source, name: str = "tiny", content: bytes = CONTENT) -> Entry:
    return entry_of(file("tiny.gguf", *sources, content=content), name=name)


def entry_of(*files: WeightsFile, name: str = "tiny") -> Entry:
    return Entry(
        name=name,
        ability="chat",
        format="gguf",
        licence="MIT",
        licence_url="https://example.org/licence",
        files=files,
    )


def file(name: str, *sources: Source, content: bytes = CONTENT) -> WeightsFile:
    return WeightsFile(name=name, size=len(content), sha256=sha256(content), sources=sources)


def store(directory: Path, *entries: Entry, **settings: object) -> WeightStore:
    """Return a store of these entries alone, which does not wait between retries."""
    known = WeightsSettings(
        **{"directory": directory, "retry_delay_seconds": 0.0, **settings}  # pyright: ignore[reportArgumentType] - a test passes what it means
    )
    return WeightStore(known, Catalog({each.name: each for each in entries}))


def refusal(size: int, digest: str, wanted: Entry) -> str:
    """Return the reason that is given for a file that is not what it should be."""
    expected = wanted.files[0]
    return (
        f"refused: {size} bytes with the sha256 {digest} came, "
        f"not {expected.size} with {expected.sha256}"
    )
