"""Every member of the input of every list of SageMaker does what it says, as the model has them.

What a filter must keep, and how a list must be sorted, is read off the lists' own items: whoever
adds a list, or a member to one, has to tell here where its items tell it.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from botocore.model import ListShape, StructureShape

from outcrop.services.sagemaker import SERVICE
from tests.services.sagemaker.list_desk import MODEL, Desk
from tests.services.sagemaker.list_records import SEEDS, arn

Item: TypeAlias = Mapping[str, Any]
LISTS = sorted(name for name in SERVICE.operations if name.startswith("List"))
NOUNS = {
    "ListCandidatesForAutoMLJob": "Candidate",
    "ListHubContentVersions": "HubContent",
    "ListInferenceRecommendationsJobs": "Job",
    "ListMlflowTrackingServers": "TrackingServer",
    "ListModelCardVersions": "ModelCard",
    "ListTrainingJobsForHyperParameterTuningJob": "TrainingJob",
}
"""How members of items begin, where it is not as the list's own name says."""
PATHS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "Created": [("CreationTime",)],
    "CreationTime": [("CreatedAt",)],
    "FinalObjectiveMetricValue": [
        ("FinalHyperParameterTuningJobObjectiveMetric", "Value"),
        ("FinalAutoMLJobObjectiveMetric", "Value"),
    ],
    "SourceUri": [("Source", "SourceUri")],
    "SourceArn": [("Source", "SourceArn")],
    "WarmPoolStatus": [("WarmPoolStatus", "Status")],
}
"""Where items have what requests call otherwise."""
NUMBERED = ("ListHubContentVersions", "ListModelCardVersions", "ListModelPackages")
"""What is listed has no names of its own, but numbers."""
KEPT: Mapping[tuple[str, str], Mapping[Any, set[str]]] = {
    ("ListHubContents", "HubContentType"): {
        "Model": {"alpha", "beta", "gamma"},
        "Notebook": {"book"},
    },
    ("ListMlflowApps", "AccountDefaultStatus"): {
        "ENABLED": {"gamma"},
        "DISABLED": {"alpha", "beta"},
    },
    ("ListMlflowApps", "DefaultForDomainId"): {"d-1": {"gamma"}, "d-2": set()},
    ("ListModelPackageGroups", "CrossAccountFilterOption"): {
        "SameAccount": {"alpha", "beta", "gamma"},
        "CrossAccount": set(),
    },
    ("ListModelPackages", "ModelPackageGroupName"): {"group": {"1", "2"}},
    ("ListModelPackages", "ModelPackageType"): {
        "Versioned": {"1", "2"},
        "Unversioned": {"alpha", "beta", "gamma"},
        "Both": {"1", "2", "alpha", "beta", "gamma"},
    },
    ("ListTrainingJobs", "TrainingPlanArnEquals"): {arn("training-plan/a"): set()},
    ("ListTrialComponents", "ExperimentName"): {"for-beta": {"beta"}, "for-gamma": {"gamma"}},
    ("ListTrialComponents", "TrialName"): {"of-beta": {"beta"}, "of-gamma": {"gamma"}},
    ("ListTrials", "ExperimentName"): {"for-beta": {"beta"}, "for-gamma": {"gamma"}},
    ("ListTrials", "TrialComponentName"): {"in-beta": {"beta"}, "in-gamma": {"gamma"}},
}
"""By the request's values, the names of those kept by filters that items do not tell."""
ALIKE = {
    ("ListHubContentVersions", "HubContentName"): "versions of one content",
    ("ListHubContentVersions", "HubContentStatus"): "what is kept is available",
    ("ListHubContents", "HubContentStatus"): "what is kept is available",
    ("ListHubs", "AccountIdOwner"): "one account's",
    ("ListHubs", "HubStatus"): "what is kept is in service",
    ("ListInferenceRecommendationsJobSteps", "StepType"): "there is one type",
    ("ListLineageGroups", "CreationTime"): "there is one group",
    ("ListLineageGroups", "Name"): "there is one group",
}
"""What no two items can differ in, and why."""


def members(operation: str) -> Mapping[str, Any]:
    shape = MODEL.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape.members


def items_of(operation: str, answer: Mapping[str, Any]) -> Sequence[Item]:
    shape = MODEL.operation_model(operation).output_shape
    assert isinstance(shape, StructureShape)
    (member,) = [name for name, one in shape.members.items() if isinstance(one, ListShape)]
    return answer[member]


def told(operation: str, item: Item, word: str) -> Any:
    """Return what an item tells of something that requests name."""
    noun = NOUNS.get(operation, operation.removeprefix("List").removesuffix("s"))
    for path in (*PATHS.get(word, ()), (word,), (f"{noun}{word}",)):
        found: Any = item
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        if found is not None:
            return found
    return None


def name_of(operation: str, item: Item) -> str:
    """Return what an item is called; versions are called by their numbers."""
    for word in ("ModelPackageVersion", "HubContentVersion", "ModelCardVersion"):
        if word in item and operation in NUMBERED:
            return str(item[word])
    return str(told(operation, item, "Name") or item)


def version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split("."))


def times(found: Sequence[Any]) -> list[Any]:
    """Return moments around those that items tell."""
    return sorted({moment + timedelta(minutes=by) for moment in found for by in (-30, 30)})


RULES: Sequence[
    tuple[str, Callable[[Sequence[Any]], Sequence[Any]], Callable[[Any, Any], bool]]
] = (
    (r"(.+)After", times, lambda found, value: found > value),
    (r"(.+)Before", times, lambda found, value: found < value),
    (
        r"(.*Name)Contains",
        lambda found: [text[1:3] for text in found],
        lambda found, value: value in found,
    ),
    (
        r"MaxSchema(Version)",
        lambda found: found,
        lambda found, value: version(found) <= version(value),
    ),
    (r"Min(Version)", lambda found: found, lambda found, value: version(found) >= version(value)),
    (r"(.+)Equals", lambda found: found, lambda found, value: found == value),
    (r"(.+)", lambda found: found, lambda found, value: found == value),
)
"""Filters by their names: of what they are, which values to ask for, and what passes."""


def kept(operation: str, member: str, items: Sequence[Item]) -> Mapping[Any, set[str]]:
    """Return values to filter by, and the names of the items that each of them keeps."""
    if (operation, member) in KEPT:
        return KEPT[operation, member]
    word, values, passes = next(
        (match[1], values, passes)
        for pattern, values, passes in RULES
        if (match := re.fullmatch(pattern, member))
    )
    word = "DocumentSchemaVersion" if member == "MaxSchemaVersion" else word
    of = {name_of(operation, item): told(operation, item, word) for item in items}
    there = {name: value for name, value in of.items() if value is not None}
    assert there, f"no item tells {word}"
    return {
        value: {name for name, found in there.items() if passes(found, value)}
        for value in values(sorted(there.values()))
    }


class Lists:
    """Asks for one list, whose records it has made."""

    def __init__(self, desk: Desk, operation: str, given: Mapping[str, Any]) -> None:
        self.desk = desk
        self.operation = operation
        self.given = given

    async def ask(self, **more: Any) -> Sequence[Item]:
        if "MaxResults" in members(self.operation):
            more = {"MaxResults": 100, **more}
        answer = await self.desk.ask(self.operation, **{**self.given, **more})
        return items_of(self.operation, answer)

    async def names(self, **more: Any) -> list[str]:
        return [name_of(self.operation, item) for item in await self.ask(**more)]

    async def paged(self) -> list[str]:
        """Return the names of all, asked for one by one."""
        names: list[str] = []
        given = {**self.given, "MaxResults": 1}
        while True:
            answer = await self.desk.ask(self.operation, **given)
            (item,) = items_of(self.operation, answer)
            names.append(name_of(self.operation, item))
            if "NextToken" not in answer:
                return names
            given["NextToken"] = answer["NextToken"]


async def check_filters(lists: Lists) -> None:
    operation, items = lists.operation, await lists.ask()
    everything = {name_of(operation, item) for item in items}
    shown = {"SortBy", "SortOrder", "MaxResults", "NextToken"}
    for member in members(operation):
        is_given = member in lists.given and (operation, member) not in KEPT
        if member in shown or is_given:
            continue
        wanted = kept(operation, member, items)
        found = {value: set(await lists.names(**{member: value})) for value in wanted}
        assert found == wanted, member
        if (operation, member) not in ALIKE:
            assert any(names != everything for names in found.values()), member
            is_some = any(names for names in found.values())
            assert is_some or member == "TrainingPlanArnEquals", member


async def check_sorts(lists: Lists) -> None:
    operation, shapes = lists.operation, members(lists.operation)
    if "SortOrder" not in shapes:
        return
    orders: dict[str, list[str]] = {}
    for key in shapes["SortBy"].enum if "SortBy" in shapes else [""]:
        by = {"SortBy": key} if key else {}
        items = await lists.ask(**by, SortOrder="Ascending")
        names = [name_of(operation, item) for item in items]
        assert await lists.names(**by, SortOrder="Descending") == names[::-1]
        if key and (operation, key) not in ALIKE:
            found = [told(operation, item, key) for item in items]
            known = [value for value in found if value is not None]
            assert found[len(found) - len(known) :] == sorted(known), key
            assert len(set(found)) == len(found), f"two have the same {key}"
            orders[key] = names
    assert len({tuple(names) for names in orders.values()}) == len(orders), orders
    if defaults := documented_defaults(shapes):
        assert await lists.names() == await lists.names(**defaults), defaults


def documented_defaults(shapes: Mapping[str, Any]) -> dict[str, str]:
    """Return how a list is sorted if nobody says how, as far as the model tells both."""
    found: dict[str, str] = {}
    for member in {"SortBy", "SortOrder"} & shapes.keys():
        told = re.search(r"default(?: value)? is <code>(\w+)</code>", shapes[member].documentation)
        if told is None or told[1] not in shapes[member].enum:
            return {}
        found[member] = told[1]
    return found


async def check_pages(lists: Lists) -> None:
    if "MaxResults" in members(lists.operation):
        assert await lists.paged() == await lists.names()


@pytest.mark.parametrize("operation", LISTS)
def test_every_member_of_a_list_is_honoured(operation: str, tmp_path: Path) -> None:
    async def check() -> None:
        async with Desk.on(tmp_path) as desk:
            lists = Lists(desk, operation, await SEEDS[operation](desk))
            await check_filters(lists)
            await check_sorts(lists)
            await check_pages(lists)

    asyncio.run(check())
