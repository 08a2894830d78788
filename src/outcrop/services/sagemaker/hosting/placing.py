"""Which instances of an endpoint its inference components' copies are on: a real account.

The account is part of the endpoint's record: each fleet of copies has an entry there with what a
copy needs and the numbers of the instances that its copies are on. So a place is taken, and an
instance added or released, in one write.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentComputeResourceRequirements.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.jobs.host import this_host
from outcrop.services.sagemaker.running.accelerators import accelerators_of
from outcrop.services.sagemaker.running.instance_types import capacity
from outcrop.storage.records.interface import Document

NO_ROOM = (
    "There is not enough hardware resources on the instances for this endpoint to create a copy of"
    " the inference component. Update the resource requirements of this inference component,"
    " remove other inference components, or increase the number of instances of this endpoint."
)
SPREAD, BINPACK = "SPREAD", "BINPACK"


class NoRoomError(Exception):
    """Copies have no place on the instances; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an instance has, or what is left of it."""

    cpus: float
    memory_mib: int
    accelerators: float

    @classmethod
    def of(cls, instance_type: str) -> "Room":
        """Return all that an instance of a type has; one of an unknown type is this machine."""
        has = capacity(instance_type)
        host = this_host()
        return cls(
            cpus=has.cpus if has else host.cpus,
            memory_mib=(has.memory_bytes if has else host.memory_bytes) >> 20,
            accelerators=accelerators_of(instance_type),
        )

    def without(self, need: Mapping[str, Any], copies: int = 1) -> "Room":
        """Return what is left beside some copies."""
        return Room(
            cpus=self.cpus - copies * need["cpus"],
            memory_mib=self.memory_mib - copies * need["memory_mib"],
            accelerators=self.accelerators - copies * need["accelerators"],
        )

    @property
    def is_possible(self) -> bool:
        """Whether no more was taken than there was."""
        return min(self.cpus, self.memory_mib, self.accelerators) >= 0


def reserved(endpoint: Document, step: Document, count: int) -> Document:
    """Return an endpoint's document in which so many copies have their places, and no more.

    Args:
        endpoint: The document.
        step: What is known of the copies: their fleet, variant, need and strategy.
        count: How many.

    Raises:
        NoRoomError: There are not so many places, and no instance may be added.
    """
    places = endpoint.get("places", {})
    on: list[int] = places.get(step["fleet"], {}).get("on", [])[:count]
    entry = {name: step[name] for name in ("component", "need", "strategy")} | {
        "variant": step["name"]
    }
    changed = _with_places(endpoint, {**places, step["fleet"]: {**entry, "on": on}})
    while len(on) < count:
        number = _place(changed, step["fleet"])
        if number is None:
            changed = _grown(changed, step)
            continue
        on = [*on, number]
        entries = {**changed["places"], step["fleet"]: {**entry, "on": on}}
        changed = _with_places(changed, entries)
    return _shrunk(changed, step["name"])


def released(endpoint: Document, component: str, *, kept: Iterable[str] = ()) -> Document:
    """Return an endpoint's document without a component's copies; instances left empty may go.

    Args:
        endpoint: The document.
        component: Its name.
        kept: The fleets whose copies keep their places.
    """
    before = endpoint.get("places", {})
    gone = {fleet for fleet, one in before.items() if one["component"] == component} - set(kept)
    changed = _with_places(
        endpoint, {fleet: entry for fleet, entry in before.items() if fleet not in gone}
    )
    for variant in {before[fleet]["variant"] for fleet in gone & before.keys()}:
        changed = _shrunk(changed, variant)
    return changed


def fitted(endpoint: Document) -> Document:
    """Return an endpoint's document in which all copies are on its present instances.

    Raises:
        NoRoomError: They have no places there.
    """
    changed = _with_places(endpoint, {})
    variants = {one["name"] for one in endpoint["deployment"]["variants"]}
    for fleet, entry in endpoint.get("places", {}).items():
        if entry["variant"] not in variants:
            raise NoRoomError(f"Inference components need the variant {entry['variant']}.")
        step = {**entry, "fleet": fleet, "name": entry["variant"]}
        changed = reserved(changed, step, len(entry["on"]))
    return changed


def copies_on(endpoint: Document, fleet: str) -> int:
    """Return how many copies of a fleet have places."""
    return len(endpoint.get("places", {}).get(fleet, {}).get("on", []))


def _place(endpoint: Document, fleet: str) -> int | None:
    """Return the instance for one more copy of a fleet; `None` if it fits on none."""
    entry = endpoint["places"][fleet]
    free = _free(endpoint, entry["variant"])
    fitting = [
        number for number, room in enumerate(free) if room.without(entry["need"]).is_possible
    ]
    if not fitting:
        return None
    if entry["strategy"] == SPREAD:
        return min(fitting, key=lambda number: (entry["on"].count(number), -free[number].cpus))
    used = {number for one in endpoint["places"].values() for number in one["on"]}
    return min(fitting, key=lambda number: (number not in used, number))


def _free(endpoint: Document, name: str) -> list[Room]:
    variant = _variant(endpoint, name)
    free = [Room.of(variant["config"]["InstanceType"])] * variant["count"]
    for entry in endpoint["places"].values():
        if entry["variant"] == name:
            for number in entry["on"]:
                free[number] = free[number].without(entry["need"])
    return free


def _grown(endpoint: Document, step: Document) -> Document:
    """Return the document with one more instance, if that helps and is allowed.

    Raises:
        NoRoomError: It does not, or is not.
    """
    variant = _variant(endpoint, step["name"])
    managed = _managed(variant)
    whole = Room.of(variant["config"]["InstanceType"])
    can_help = whole.without(step["need"]).is_possible
    if not can_help or variant["count"] >= managed.get("MaxInstanceCount", 0):
        raise NoRoomError(NO_ROOM)
    return _with_count(endpoint, step["name"], variant["count"] + 1)


def _shrunk(endpoint: Document, name: str) -> Document:
    """Return the document without instances that nothing is on, if they are managed."""
    variant = _variant(endpoint, name)
    managed = _managed(variant)
    if not managed:
        return endpoint
    mine = {key: one for key, one in endpoint["places"].items() if one["variant"] == name}
    used = sorted({number for one in mine.values() for number in one["on"]})
    least = managed.get("MinInstanceCount", 1)
    numbers = {before: now for now, before in enumerate(used)}
    moved = {
        key: {**one, "on": [numbers[number] for number in one["on"]]} for key, one in mine.items()
    }
    count = max(len(used), min(least, variant["count"]))
    changed = _with_places(endpoint, {**endpoint["places"], **moved})
    return _with_count(changed, name, count)


def _managed(variant: Document) -> Mapping[str, Any]:
    """Return the bounds between which a variant's instances come and go; empty if they do not."""
    managed: Mapping[str, Any] = variant["config"].get("ManagedInstanceScaling", {})
    return managed if managed.get("Status") == "ENABLED" else {}


def _variant(endpoint: Document, name: str) -> Document:
    variants: Sequence[Document] = endpoint["deployment"]["variants"]
    return next(one for one in variants if one["name"] == name)


def _with_places(endpoint: Document, places: Mapping[str, Any]) -> Document:
    return {**endpoint, "places": dict(places)}


def _with_count(endpoint: Document, name: str, count: int) -> Document:
    deployment: Document = endpoint["deployment"]
    variants = [
        {**one, "count": count} if one["name"] == name else one for one in deployment["variants"]
    ]
    return {**endpoint, "deployment": {**deployment, "variants": variants}}
