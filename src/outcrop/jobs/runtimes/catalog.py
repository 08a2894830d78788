"""The catalogue of runtimes, and which of them an image stands for."""

import hashlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from outcrop.jobs.runtimes import added

PROGRAMS = Path(__file__).with_name("programs")
"""What the programs of runtimes may import beside their packages: `outcrop_runtime`."""


_images: list[bool] = []
"""Holds something where images are run that no runtime stands for."""
_added_files: list[Path] = []
"""The operator's own files: one, of the server or the command that this process is."""


class UnknownImageError(Exception):
    """No runtime stands for an image; the message says which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """An environment that programs run in."""

    name: str
    title: str
    repositories: Sequence[str]
    """Last parts of image paths that stand for it: `sagemaker-scikit-learn`."""
    parent: "Runtime | None" = None
    """Whose packages it has, too; one that adds none to them runs in that environment itself."""
    folder: Path | None = None
    """An environment that is there already, of the operator's own making."""
    packages: Sequence[str] = ()
    """What pip installs, each with its version."""
    packages_without_dependencies: Sequence[str] = ()
    """What pip installs after them as it is: packages that demand more than they need."""
    train: Sequence[str] = ()
    """The command that runs a user's script, as a training container does; empty: takes none."""
    algorithm: Sequence[str] = ()
    """The command that trains without a script; empty: it takes one."""
    algorithm_metrics: Mapping[str, str] = field(default_factory=dict[str, str])
    """What that command prints: the metrics' names, and regular expressions that find them."""
    serve: Sequence[str] = ()
    """The command of the model server; empty: there is none."""
    engine: str = ""
    """The form in which an engine of the server serves its models, in place of a program: `tgi`."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables that its programs find."""
    image: str = ""
    """The container image that it is itself: it needs no environment."""

    @property
    def digest(self) -> str:
        """Tells environments apart whose content differs."""
        packages = (*self.packages, *self.packages_without_dependencies)
        below = (self.parent.digest,) if self.parent else ()
        content = "\n".join((f"{sys.version_info[:2]}", *below, *packages))
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def add_from(file: Path) -> None:
    """Have the catalogue go on in a file of the operator's own, which need not be there."""
    _added_files[:] = [file]


def run_images() -> None:
    """Have images stand for themselves from now on where no runtime stands for them."""
    _images[:] = [True]


def load_runtimes() -> Mapping[str, Runtime]:
    """Return the runtimes by name, the operator's own behind the others.

    Raises:
        CatalogError: The operator's file is no catalogue.
    """
    runtimes = dict(_known())
    for file in _added_files:
        for name, entry in added.read(file).items():
            runtimes[name] = make_runtime(name, entry, runtimes)
    return runtimes


@cache
def _known() -> Mapping[str, Runtime]:
    text = Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8")
    runtimes: dict[str, Runtime] = {}
    for name, entry in tomllib.loads(text).items():
        runtimes[name] = make_runtime(name, entry, runtimes)
    return runtimes


def is_known(name: str) -> bool:
    """Tell whether a runtime is one of Outcrop's own."""
    return name in _known()


def find_runtime(image: str) -> Runtime:
    """Return the runtime that an image stands for, whatever its registry, region and tag.

    Args:
        image: `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3`,
            or a shortened form of it.

    Raises:
        UnknownImageError: None does.
    """
    repository = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    try:
        runtimes = load_runtimes()
    except added.CatalogError as error:
        raise UnknownImageError(str(error)) from error
    for runtime in reversed(list(runtimes.values())):  # The operator's own come first.
        if repository in runtime.repositories:
            return runtime
    if _images:
        return Runtime(name="image", title=f"of the image {image}", repositories=(), image=image)
    known = sorted(name for runtime in runtimes.values() for name in runtime.repositories)
    raise UnknownImageError(
        f"No runtime stands for the image {image}. Outcrop runs images of these repositories: "
        f"{', '.join(known)}. A runtime of your own is added by `outcrop runtimes add NAME --image"
        f" {repository or 'REPOSITORY'} --package NAME==VERSION`."
    )


def make_runtime(name: str, entry: Mapping[str, Any], others: Mapping[str, Runtime]) -> Runtime:
    """Return an entry as a runtime: what it `extends` lends it commands and variables.

    Raises:
        CatalogError: What it extends is not there.
    """
    given: dict[str, Any] = {key: value for key, value in entry.items() if key != "extends"}
    given.setdefault("title", name)
    if "folder" in entry:
        given["folder"] = Path(entry["folder"])
    if "extends" in entry:
        if entry["extends"] not in others:
            raise added.CatalogError(
                f"{name} extends {entry['extends']}, which is none of {', '.join(others)}."
            )
        parent = others[entry["extends"]]
        environment = {**parent.environment, **given.get("environment", {})}
        lent = {"train": parent.train, "serve": parent.serve}
        given = {**lent, **given, "environment": environment, "parent": parent}
    return Runtime(name=name, **given)
