"""Write `shapes.pyi` beside every service's `shapes.py`, for the type checker and the editor.

A service's operations are read from its `@operation("…")` decorators. botocore's service model then
gives a `TypedDict` per structure that those operations reach, and a class per modelled error.

How shapes become types:

    structure, union   a TypedDict; members that the model does not require are `NotRequired`
    list, map          `list[…]`, `dict[str, …]`
    timestamp, blob    an aware `datetime`, `bytes`
    streaming blob     in: `Body`; out: `bytes`, an async iterator or a `FileBody`
    event stream       an async iterator of its union
    enum               `str`: what a handler keeps in a record comes back as a plain string
    document           `Any`
"""

import ast
import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from outcrop.protocol.service_models import model_loader

SERVICES = Path(__file__).parent.parent / "src" / "outcrop" / "services"

DOCSTRING = '"""Shapes of botocore\'s model of {service!r}, by `make shapes`; do not edit."""\n'
IMPORTS = {
    "_datetime": "import datetime as _datetime",
    "_AsyncIterator": "from collections.abc import AsyncIterator as _AsyncIterator",
    "_Any": "from typing import Any as _Any",
    "_NotRequired": "from typing import NotRequired as _NotRequired",
    "_TypeAlias": "from typing import TypeAlias as _TypeAlias",
    "_TypedDict": "from typing import TypedDict as _TypedDict",
    "_ServiceError": "from outcrop.aws.errors import ServiceError as _ServiceError",
    "_Body": "from outcrop.aws.http import Body as _Body",
    "_FileBody": "from outcrop.aws.http import FileBody as _FileBody",
}
"""Under private names, which no shape has."""

SCALARS = {
    "string": "str",
    "character": "str",
    "boolean": "bool",
    "integer": "int",
    "long": "int",
    "short": "int",
    "byte": "int",
    "bigInteger": "int",
    "float": "float",
    "double": "float",
    "bigDecimal": "float",
    "timestamp": "_datetime.datetime",
    "blob": "bytes",
}
STREAM_IN = "_Body"
STREAM_OUT = "bytes | _AsyncIterator[bytes] | _FileBody"


def operations_of(folder: Path) -> Iterator[str]:
    """Give the names in the `@operation` decorators of a service's modules."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                yield from filter(None, map(_operation_name, node.decorator_list))


def _operation_name(decorator: ast.expr) -> str | None:
    match decorator:
        case ast.Call(func=ast.Name(id="operation"), args=[ast.Constant(value=str(name))]):
            return name
        case _:
            return None


class Stub:
    """Collects the classes that some operations need, in the order in which they are met."""

    def __init__(self, service: str, model: Mapping[str, Any]) -> None:
        self._service = service
        self._shapes: Mapping[str, Mapping[str, Any]] = model["shapes"]
        self._operations: Mapping[str, Mapping[str, Any]] = model["operations"]
        self._pending: list[str] = []
        self._classes: dict[str, str] = {}

    def add_operation(self, name: str) -> None:
        """Add what an operation takes and gives."""
        operation = self._operations[name]
        for side, stream in (("input", STREAM_IN), ("output", STREAM_OUT)):
            if side in operation:
                self._add_structure(operation[side]["shape"], stream)
        while self._pending:
            self._add_structure(self._pending.pop(), STREAM_OUT)

    def text(self) -> str:
        """Return the stub."""
        errors = sorted(name for name, shape in self._shapes.items() if shape.get("exception"))
        parts = [f"class {name}(_ServiceError): ..." for name in errors]
        body = "\n".join([*parts, *self._classes.values(), ""])
        words = set(re.findall(r"\w+", body))
        imports = [line for name, line in IMPORTS.items() if name in words]
        return "\n".join([DOCSTRING.format(service=self._service), *imports, "", body])

    def _add_structure(self, name: str, stream: str) -> None:
        if name in self._classes or self._shapes[name].get("exception"):
            return
        self._classes[name] = ""  # keeps its place while its members are met
        shape = self._shapes[name]
        required = shape.get("required", ())
        members: dict[str, str] = {}
        for member, reference in shape.get("members", {}).items():
            kind = self._type_of(reference, stream)
            members[member] = kind if member in required else f"_NotRequired[{kind}]"
        self._classes[name] = _typed_dict(name, members)

    def _type_of(
        self, reference: Mapping[str, Any], stream: str, within: tuple[str, ...] = ()
    ) -> str:
        name = reference["shape"]
        shape = self._shapes[name]
        traits = {**shape, **reference}
        if traits.get("document") or reference.get("jsonvalue") or name in within:
            return "_Any"
        match shape["type"]:
            case "structure":
                self._pending.append(name)
                return f"_AsyncIterator[{name}]" if shape.get("eventstream") else name
            case "list":
                return f"list[{self._type_of(shape['member'], stream, (*within, name))}]"
            case "map":
                return f"dict[str, {self._type_of(shape['value'], stream, (*within, name))}]"
            case "blob" if traits.get("streaming"):
                return stream
            case scalar:
                return SCALARS[scalar]


def _typed_dict(name: str, members: Mapping[str, str]) -> str:
    """Write a TypedDict; members that no class can have come from a parent written as a call."""
    lines: list[str] = []
    parent = "_TypedDict"
    odd = {member: kind for member, kind in members.items() if not _fits_a_class(member)}
    if odd:
        parent = f"_OddlyNamedOf{name}"
        fields = ", ".join(f'"{member}": "{kind}"' for member, kind in odd.items())
        lines.append(f'{parent} = _TypedDict("{parent}", {{{fields}}})')
    # A member called like the type of another would hide it inside the class.
    types = {word for kind in members.values() for word in re.findall(r"\w+", kind)}
    alias = {word: f"_{word}In{name}" for word in sorted(types & members.keys())}
    lines += [f"{other}: _TypeAlias = {word}" for word, other in alias.items()]
    lines.append(f"class {name}({parent}):")
    for member in [name for name in members if name not in odd]:
        seen = re.sub(r"\w+", lambda word: alias.get(word[0], word[0]), members[member])
        lines.append(f"    {member}: {seen}")
    return "\n".join([*lines, "    ..."])


def _fits_a_class(member: str) -> bool:
    return member.isidentifier() and not keyword.iskeyword(member) and not member.startswith("__")


def main() -> int:
    """Write the stubs of all services, or of those named."""
    wanted = set(sys.argv[1:])
    loader = model_loader()
    known = set(loader.list_available_services("service-2"))
    status = 0
    for folder in sorted(path.parent for path in SERVICES.glob("*/shapes.py")):
        service = folder.name.replace("_", "-")
        if wanted and not wanted & {folder.name, service}:
            continue
        if service not in known:
            print(f"{folder.name}: botocore has no service {service!r}", file=sys.stderr)
            status = 1
            continue
        model = loader.load_service_model(service, "service-2")
        stub = Stub(service, model)
        for name in operations_of(folder):
            if name not in model["operations"]:
                print(f"{folder.name}: {service} has no operation {name!r}", file=sys.stderr)
                status = 1
                continue
            stub.add_operation(name)
        (folder / "shapes.pyi").write_text(stub.text(), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
