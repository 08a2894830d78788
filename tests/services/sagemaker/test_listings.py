"""What all lists share: the order of their keys and the order of pages."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from outcrop.aws.errors import ServiceError
from outcrop.services.sagemaker.listings import Listing
from outcrop.storage.records.interface import Record, Scope

START = datetime(2026, 1, 1, tzinfo=UTC)
LISTING = Listing(member="Jobs", sort_keys={"Score": "score"}, limit=2)


def job(number: int, **members: Any) -> Record:
    moment = START + timedelta(seconds=number)
    return Record(
        scope=Scope("123456789012", "us-east-1", "sagemaker", "job"),
        name=f"job-{number}",
        document={"name": f"job-{number}", "created": moment, "status": "Done", **members},
        version=1,
        created_at=START,
        modified_at=START,
    )


def names(jobs: list[Record], **request: Any) -> list[str]:
    """Return the names of all pages, in order."""
    told: list[str] = []
    while True:
        answer = LISTING.answer(request, jobs, lambda one: one.name)
        told += answer["Jobs"]
        if "NextToken" not in answer:
            return told
        request["NextToken"] = answer["NextToken"]


def test_the_newest_come_first_page_by_page() -> None:
    jobs = [job(number) for number in (2, 0, 3, 4, 1)]

    assert names(jobs) == ["job-4", "job-3", "job-2", "job-1", "job-0"]


@pytest.mark.parametrize("scores", [(-1e300, -2, -1.5, -0.1, 0, 1e-9, 3, 10, 2e20)])
def test_numbers_are_in_the_order_of_numbers(scores: tuple[float, ...]) -> None:
    jobs = [job(number, score=score) for number, score in enumerate(scores)]

    ordered = names(jobs, SortBy="Score", SortOrder="Ascending")

    assert ordered == [one.name for one in jobs]
    assert all(first != second for first, second in pairwise(ordered))


def test_jobs_without_the_key_come_before_those_with_it() -> None:
    jobs = [job(0, score=1.0), job(1)]

    assert names(jobs, SortBy="Score", SortOrder="Ascending") == ["job-1", "job-0"]


def test_filters_hold_together() -> None:
    jobs = [job(number, status="Done" if number % 2 else "Failed") for number in range(20)]

    told = names(
        jobs,
        NameContains="job-1",
        StatusEquals="Done",
        CreationTimeAfter=START + timedelta(seconds=11),
        CreationTimeBefore=START + timedelta(seconds=17),
    )

    assert told == ["job-15", "job-13"]


def test_a_token_of_nobody_is_refused() -> None:
    with pytest.raises(ServiceError, match=r"Invalid pagination token\."):
        names([job(0)], NextToken="nonsense")
