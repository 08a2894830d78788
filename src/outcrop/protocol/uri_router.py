"""Which operation a method, a path and a query mean, among the operations of some REST services.

Source: Smithy 2.0, "HTTP bindings", https://smithy.io/2.0/spec/http-bindings.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel, ServiceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRoute:
    """What one REST operation looks like on the wire, beyond its path."""

    service: str
    operation: str
    literals: Mapping[str, str]
    """Query parameters that the URI template spells out; an empty value takes any value."""
    needed_query: frozenset[str]
    needed_headers: frozenset[str]
    known_query: frozenset[str]
    static_segments: int
    is_deprecated: bool
    arn_labels: Mapping[int, str] = field(default_factory=dict[int, str])
    """Index of each path segment that holds an ARN, with the pattern that the ARN satisfies."""
    arn_members: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name of each member of a JSON body that holds an ARN, with its pattern."""

    def admits(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Return whether query and headers hold all that the operation needs."""
        return (
            (not self.literals or self._spells(query))
            and self.needed_query <= query.keys()
            and self.needed_headers <= headers.keys()
        )

    def _spells(self, query: Mapping[str, str]) -> bool:
        return all(
            name in query and value in ("", query[name]) for name, value in self.literals.items()
        )

    @property
    def all_headers(self) -> Mapping[str, str]:
        """Headers of a request that lacks none."""
        return dict.fromkeys(self.needed_headers, "")

    def fit(self, query: Mapping[str, str]) -> tuple[int, ...]:
        """Return how well an admitted request fits; the greatest wins."""
        known = len(self.known_query & query.keys())
        return (
            len(self.literals),
            len(self.needed_query),
            len(self.needed_headers),
            self.static_segments,
            known,
            not self.is_deprecated,
        )


@dataclass(slots=True)
class _Node:
    """A place in the tree of path segments."""

    static: "dict[str, _Node]" = field(default_factory=dict[str, "_Node"])
    label: "_Node | None" = None
    greedy: "_Node | None" = None
    routes: list[RestRoute] = field(default_factory=list[RestRoute])
    plain_routes: list[RestRoute] = field(default_factory=list[RestRoute])
    """Those that a request without a query may mean."""

    @property
    def is_leaf(self) -> bool:
        """Whether no path goes on from here."""
        return not self.static and self.label is None and self.greedy is None

    def add(self, route: RestRoute) -> None:
        """End the path of an operation here."""
        self.routes.append(route)
        if not route.literals and not route.needed_query:
            self.plain_routes.append(route)

    def child(self, segment: str) -> "_Node":
        """Return the node below for a segment of a URI template, made when missing."""
        if segment.endswith("+}"):
            self.greedy = self.greedy or _Node()
            return self.greedy
        if segment.startswith("{"):
            self.label = self.label or _Node()
            return self.label
        return self.static.setdefault(segment, _Node())


class UriRouter:
    """Finds REST operations by method, raw path, query and headers."""

    def __init__(self, models: Iterable[ServiceModel]) -> None:
        self._methods: dict[str, _Node] = {}
        for model in models:
            for name in model.operation_names:
                self._add(model.service_name, model.operation_model(name))

    def _add(self, service: str, operation: OperationModel) -> None:
        path, _, query = str(operation.http["requestUri"]).partition("?")
        segments = path.split("/")[1:]
        node = self._methods.setdefault(str(operation.http["method"]), _Node())
        for segment in segments:
            node = node.child(segment)
        node.add(_route(service, operation, segments, query))

    def find(
        self, method: str, raw_path: str, query_string: str, headers: Mapping[str, str]
    ) -> list[RestRoute]:
        """Return what fits best: several operations only if an ARN alone tells them apart."""
        root = self._methods.get(method)
        if root is None:
            return []
        query = dict(parse_qsl(query_string, keep_blank_values=True)) if query_string else {}
        segments = raw_path.split("/")[1:]
        here = [
            route
            for node in _ends(root, segments)
            for route in (node.routes if query else node.plain_routes)
        ]
        found = [route for route in here if route.admits(query, headers)]
        if not found and len(here) == 1 and here[0].admits(query, here[0].all_headers):
            return here  # It lacks a header, which validation says better.
        if len(found) < 2:
            return found
        best = max(route.fit(query) for route in found)
        return [route for route in found if route.fit(query) == best]


def _ends(node: _Node, segments: list[str], index: int = 0) -> list[_Node]:
    """Return the nodes at which a path may end."""
    if index == len(segments):
        return [node]
    ends: list[_Node] = []
    segment = segments[index]
    if node.static:
        static = node.static.get(segment) or node.static.get(unquote(segment))
        if static is not None:
            ends += _ends(static, segments, index + 1)
    if node.label is not None and segment:
        ends += _ends(node.label, segments, index + 1)
    if node.greedy is not None and (segment or index + 1 < len(segments)):
        if node.greedy.is_leaf:
            ends.append(node.greedy)
        else:
            for end in range(len(segments), index, -1):
                ends += _ends(node.greedy, segments, end)
    return ends


def _route(service: str, operation: OperationModel, segments: list[str], query: str) -> RestRoute:
    needed_query: set[str] = set()
    known_query: set[str] = set()
    needed_headers: set[str] = set()
    arn_labels: dict[int, str] = {}
    arn_members: dict[str, str] = {}
    shape = operation.input_shape
    required = set(shape.required_members) if shape is not None else set[str]()
    for member, member_shape in (shape.members if shape is not None else {}).items():
        location = member_shape.serialization.get("location")
        wire_name = str(member_shape.serialization.get("name", member))
        pattern = str(member_shape.metadata.get("pattern", ""))
        if location == "querystring":
            known_query.add(wire_name)
            if member in required:
                needed_query.add(wire_name)
        elif location == "header" and member in required:
            needed_headers.add(wire_name.lower())
        elif location == "uri" and "arn" in pattern and f"{{{wire_name}}}" in segments:
            arn_labels[segments.index(f"{{{wire_name}}}")] = pattern
        elif location is None and "arn" in pattern:
            arn_members[wire_name] = pattern
    return RestRoute(
        service=service,
        operation=operation.name,
        literals=dict(parse_qsl(query, keep_blank_values=True)),
        needed_query=frozenset(needed_query),
        needed_headers=frozenset(needed_headers),
        known_query=frozenset(known_query),
        static_segments=sum(not segment.startswith("{") for segment in segments),
        is_deprecated=operation.deprecated,
        arn_labels=arn_labels,
        arn_members=arn_members,
    )
