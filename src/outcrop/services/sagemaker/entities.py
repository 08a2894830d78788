"""Resources that are what their requests say: made, told and changed by one rule.

An entity's document keeps what the requests gave under `given`, by AWS's own names. It is told as
one mapping of all that is known of it: of that, an answer carries the members that its shape has.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.operations.tags import to_list
from outcrop.services.sagemaker.resources import (
    ResourceKind,
    add,
    arn_of,
    find,
    moment,
    update,
)
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document, Record, Write


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of entity, and what AWS calls its members."""

    kind: ResourceKind
    _: KW_ONLY
    name: str
    """The member that says which entity is meant: `TrialName`, `ArtifactArn`."""
    arn: str
    """The member that has an entity's ARN."""
    tells_who: bool = False
    """Whether its answers name the principals that made and changed it."""

    def given(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a request says of an entity, less its name and tags."""
        return {name: item for name, item in request.items() if name not in (self.name, "Tags")}

    async def create(
        self,
        call: Call,
        request: Mapping[str, Any],
        *more: Write,
        indexes: Mapping[str, str] | None = None,
        **members: Any,
    ) -> Record:
        """Keep a new entity, made of a request and of further members of its document.

        Raises:
            ServiceError: The name is taken, or a tag is refused.
        """
        document: Document = {
            "given": self.given(request),
            "tags": checked_tags(request.get("Tags", [])),
            "made_by": _who(call),
            **members,
        }
        name = members.get("name") or request[self.name]
        return await add(call, self.kind, name, document, *more, indexes=indexes)

    async def find(self, call: Call, request: Mapping[str, Any]) -> Record:
        """Return the entity whose name, or ARN, is in a request.

        Raises:
            ServiceError: There is none.
        """
        return await find(call, self.kind, request[self.name])

    async def update(
        self,
        call: Call,
        record: Record,
        changed: Callable[[Document], Document],
        **members: Any,
    ) -> Record:
        """Change what was given of an entity, and set further members of its document.

        `changed` may be called more than once, and may raise.

        Raises:
            ServiceError: It has gone.
        """
        stamps = {"modified": moment(call), "modified_by": _who(call)}

        def stamped(document: Document) -> Document:
            return {**document, **stamps, **members, "given": changed(document["given"])}

        return await update(call, record, stamped)

    def arn_of(self, call: Call, record: Record) -> str:
        """Return an entity's ARN."""
        return arn_of(call, self.kind, record.name)

    def arn_answer(self, call: Call, record: Record) -> Any:
        """Return the answer that says no more than an entity's ARN."""
        return {self.arn: self.arn_of(call, record)}

    def told(self, call: Call, record: Record) -> dict[str, Any]:
        """Return all that is known of an entity."""
        document = record.document
        made_by = document["made_by"]
        return {
            **document["given"],
            self.name: document["name"],
            self.arn: self.arn_of(call, record),
            "CreationTime": document["created"],
            "CreatedBy": made_by if self.tells_who else {},
            "LastModifiedTime": document["modified"],
            "LastModifiedBy": document.get("modified_by", made_by) if self.tells_who else {},
            "Tags": to_list(document["tags"]),
        }


def with_changed_maps(given: Document, changes: Document, maps: Mapping[str, int]) -> Document:
    """Return what is given of an entity after changes, some of which are to its maps.

    Args:
        given: What was given.
        changes: What takes its place; of a map `Parameters` entries are added, and those with the
            keys of `ParametersToRemove` go.
        maps: How many entries each map holds at most.

    Raises:
        ServiceError: A map grows too large.
    """
    changed = {**given, **changes}
    for name, most in maps.items():
        removed = changed.pop(f"{name}ToRemove", ())
        kept = {key: item for key, item in given.get(name, {}).items() if key not in removed}
        entries = {**kept, **changes.get(name, {})}
        if len(entries) > most:
            raise ValidationError(f"{name} can have at most {most} entries.")
        if name in changed or removed:
            changed[name] = entries
    return changed


def _who(call: Call) -> Mapping[str, Any]:
    principal = call.principal
    return {"IamIdentity": {"Arn": principal.arn, "PrincipalId": principal.user_id}}
