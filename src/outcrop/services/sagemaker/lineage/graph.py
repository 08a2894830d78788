"""The graph of lineage: associations as its edges, and walks along them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/querying-lineage-entities.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.lineage.entities import find_entity, kind_of, name_of, type_of
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import ResourceKind, moment, scope
from outcrop.storage.records.interface import Create, Delete, Document, Write

ASSOCIATION = ResourceKind("association")
"""Records of their own, without an ARN: found by their source and their destination."""


async def associations_of(call: Call, end: str, arn: str) -> Sequence[Document]:
    """Return the associations whose `source` or `destination` is an entity."""
    return [record.document for record in await all_of(call, ASSOCIATION, index=(end, arn))]


async def connect(call: Call, source: str, destination: str, kind: str | None) -> None:
    """Associate two entities.

    Raises:
        RecordExistsError: They are associated already.
        ServiceError: One of them is not there.
    """
    ends = {
        **await _told("source", call, source),
        **await _told("destination", call, destination),
    }
    creation = Create(
        scope=scope(call, ASSOCIATION),
        name=association_name(source, destination),
        document={**ends, "type": kind, "created": moment(call)},
        indexes={"source": source, "destination": destination},
    )
    await call.backends.records.write(creation)


async def disconnecting(call: Call, arn: str) -> list[Write]:
    """Return the writes that delete all associations of an entity that goes."""
    found = [
        *await associations_of(call, "source", arn),
        *await associations_of(call, "destination", arn),
    ]
    return [
        Delete(
            scope=scope(call, ASSOCIATION),
            name=association_name(edge["source"], edge["destination"]),
            must_exist=False,
        )
        for edge in found
    ]


def association_name(source: str, destination: str) -> str:
    """Return the name of an association's record."""
    return f"{source} {destination}"


async def _told(end: str, call: Call, arn: str) -> Mapping[str, Any]:
    """Return what an association keeps of the entity at one of its ends."""
    kind, entity = kind_of(arn), await find_entity(call, arn)
    return {
        end: arn,
        f"{end}_type": type_of(kind, entity.document),
        f"{end}_name": name_of(kind, entity.document),
    }


async def check_is_alone(call: Call, arn: str) -> None:
    """Refuse to delete an entity that others are associated with.

    Raises:
        ServiceError: Some are.
    """
    for end in ("source", "destination"):
        if await associations_of(call, end, arn):
            raise ValidationError(f"{arn} has associations: delete them first.")


@dataclass(slots=True)
class Walk:
    """What can be reached from one entity, step by step."""

    call: Call
    depth_of: dict[str, int] = field(default_factory=dict[str, int])
    """Of each ARN that was reached: how many associations lie between."""
    edges: dict[tuple[str, str], Document] = field(default_factory=dict[tuple[str, str], Document])
    """Those that were gone along, by source and destination."""
    origins: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """From where each ARN was reached."""

    async def go(self, start: str, *, forwards: bool, most: int) -> None:
        """Go along all associations in one direction, at most so many after one another."""
        near, far = ("source", "destination") if forwards else ("destination", "source")
        seen, border = {start}, [start]
        self.depth_of[start] = 0
        for depth in range(1, most + 1):
            reached: list[str] = []
            for arn in border:
                for edge in await associations_of(self.call, near, arn):
                    other = edge[far]
                    self.edges[edge["source"], edge["destination"]] = edge
                    self.origins.setdefault(other, set()).add(arn)
                    if other not in seen:
                        seen.add(other)
                        reached.append(other)
                        self.depth_of[other] = min(depth, self.depth_of.get(other, depth))
            border = reached

    def on_paths_to(self, ends: Iterable[str]) -> set[str]:
        """Return all that lies on the ways to some of the entities, these included."""
        found: set[str] = set()
        border = list(ends)
        while border:
            arn = border.pop()
            if arn not in found:
                found.add(arn)
                border += self.origins.get(arn, ())
        return found
