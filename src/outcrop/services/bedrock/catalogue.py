"""The models, inference profiles and prompt routers that AWS defines, from our list of them.

Source: `foundation_models.toml`, which names its own.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import cattrs

FILE = "foundation_models.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundationModel:
    """A model as ListFoundationModels tells it."""

    id: str
    name: str
    provider: str
    input: Sequence[str] = ("TEXT",)
    output: Sequence[str] = ("TEXT",)
    streaming: bool = True
    inference: Sequence[str] = ("ON_DEMAND",)
    status: str = "ACTIVE"
    profiles: Sequence[str] = ()
    """Geographies that have an inference profile for it, by prefix."""
    throughput: Sequence[str] = ()
    """Endings of the ids under which Provisioned Throughput is sold: `28k`."""
    base: str = ""
    """Of such an id: the model's own; empty for the model itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Geography:
    """Regions among which a cross-region inference profile spreads requests."""

    prefix: str
    """Before a model's id: `us`."""
    title: str
    destinations: Sequence[str] = ()
    """Where requests may go besides the region they come from; none: anywhere."""
    sources: Sequence[str] = ()
    """Regions that have these profiles; none: all."""

    def serves(self, region: str) -> bool:
        """Tell whether the profiles may be used from a region."""
        return not self.sources or region in self.sources

    def regions(self, source: str) -> Sequence[str]:
        """Return where requests from a region go; the empty region stands for all of them."""
        if not self.destinations:
            return ("", source)
        return sorted({*self.destinations, source})


@dataclass(frozen=True, slots=True)
class SystemProfile:
    """A cross-region inference profile for one model."""

    geography: Geography
    model: FoundationModel

    @property
    def id(self) -> str:
        """The profile's id: `us.anthropic.claude-3-haiku-20240307-v1:0`."""
        return f"{self.geography.prefix}.{self.model.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRouter:
    """A prompt router that every account has."""

    id: str
    name: str
    description: str
    response_quality_difference: float
    models: Sequence[str]
    fallback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All of it."""

    models: Sequence[FoundationModel]
    geographies: Sequence[Geography]
    prompt_routers: Sequence[DefaultRouter]


@cache
def catalogue() -> Catalogue:
    """Return what AWS defines."""
    text = files("outcrop.services.bedrock").joinpath(FILE).read_text(encoding="utf-8")
    return cattrs.Converter(forbid_extra_keys=True).structure(tomllib.loads(text), Catalogue)


@cache
def models() -> Mapping[str, FoundationModel]:
    """Return the models by id, each before the ids that it has for Provisioned Throughput."""
    found: dict[str, FoundationModel] = {}
    for model in catalogue().models:
        found[model.id] = model
        for ending in model.throughput:
            variant = replace(
                model,
                id=f"{model.id}:{ending}",
                inference=("PROVISIONED",),
                profiles=(),
                throughput=(),
                base=model.id,
            )
            found[variant.id] = variant
    return found


@cache
def system_profiles() -> Mapping[str, SystemProfile]:
    """Return the cross-region inference profiles by id."""
    geographies = {geography.prefix: geography for geography in catalogue().geographies}
    profiles = (
        SystemProfile(geographies[prefix], model)
        for model in catalogue().models
        for prefix in model.profiles
    )
    return {profile.id: profile for profile in profiles}


def find_model(identifier: str) -> FoundationModel | None:
    """Return the model of an id or an ARN, `None` if the list has none."""
    return models().get(identifier.rpartition("foundation-model/")[2])
