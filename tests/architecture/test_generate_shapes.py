"""The stubs that `make shapes` writes."""

from tools.generate_shapes import Stub

MODEL = {
    "operations": {
        "Put": {"input": {"shape": "PutRequest"}, "output": {"shape": "PutResponse"}},
    },
    "shapes": {
        "PutRequest": {
            "type": "structure",
            "required": ["Name", "Tree"],
            "members": {
                "Name": {"shape": "Text"},
                "Tree": {"shape": "Tree"},
                "in": {"shape": "Count"},
                "Body": {"shape": "Body"},
            },
        },
        "PutResponse": {
            "type": "structure",
            "members": {
                "Body": {"shape": "Body"},
                "At": {"shape": "At"},
                "Any": {"shape": "Any"},
                "Events": {"shape": "Events"},
                "Names": {"shape": "Names"},
            },
        },
        "Tree": {"type": "structure", "members": {"Tree": {"shape": "Tree"}}},
        "Events": {"type": "structure", "eventstream": True, "members": {"E": {"shape": "Gone"}}},
        "Names": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Texts"}},
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Text": {"type": "string", "enum": ["a"]},
        "Count": {"type": "integer"},
        "Body": {"type": "blob", "streaming": True},
        "At": {"type": "timestamp"},
        "Any": {"type": "structure", "document": True, "members": {}},
        "Gone": {"type": "structure", "exception": True, "members": {}},
        "Unreached": {"type": "structure", "members": {}},
    },
}

EXPECTED = """\
class Gone(_ServiceError): ...
_OddlyNamedOfPutRequest = _TypedDict("_OddlyNamedOfPutRequest", {"in": "_NotRequired[int]"})
_TreeInPutRequest: _TypeAlias = Tree
class PutRequest(_OddlyNamedOfPutRequest):
    Name: str
    Tree: _TreeInPutRequest
    Body: _NotRequired[_Body]
    ...
_EventsInPutResponse: _TypeAlias = Events
class PutResponse(_TypedDict):
    Body: _NotRequired[bytes | _AsyncIterator[bytes] | _FileBody]
    At: _NotRequired[_datetime.datetime]
    Any: _NotRequired[_Any]
    Events: _NotRequired[_AsyncIterator[_EventsInPutResponse]]
    Names: _NotRequired[dict[str, list[str]]]
    ...
class Events(_TypedDict):
    E: _NotRequired[Gone]
    ...
_TreeInTree: _TypeAlias = Tree
class Tree(_TypedDict):
    Tree: _NotRequired[_TreeInTree]
    ...
"""


def test_every_reached_shape_has_its_type() -> None:
    stub = Stub("demo", MODEL)

    stub.add_operation("Put")

    body = stub.text().rpartition("\n\n")[2]
    assert body == EXPECTED
