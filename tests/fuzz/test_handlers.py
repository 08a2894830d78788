"""Requests that are well-formed and make no sense, about things that exist."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.calls import Client
from conformance.cases import Requests
from conformance.recipes import recipe_of
from conformance.verdicts import never_right
from outcrop import LocalServer
from outcrop.gateway.registry import ServiceRegistry
from tests.fuzz.effort import LONG, SHORT
from tests.fuzz.odd_values import odd_requests

REGISTRY = ServiceRegistry()
SERVICES = sorted(REGISTRY.names)
FIRST_ACCOUNT = 300_000_000_001
MISSING_WEIGHTS = "outcrop models pull"
"""In the answer of an operation whose model is not among the small ones."""
NESTED = (*SHORT.suppress_health_check, HealthCheck.nested_given)
"""The texts of valid requests are found by Hypothesis, too."""
FEW = settings(SHORT, max_examples=10, suppress_health_check=NESTED)
MANY = settings(LONG, max_examples=400, suppress_health_check=NESTED)


@pytest.fixture(scope="module")
def accounts() -> Iterator[str]:
    return (f"{number:012d}" for number in itertools.count(FIRST_ACCOUNT))


@pytest.fixture(scope="module")
def clients(fuzzed: LocalServer) -> dict[str, Client]:
    return {service: Client(service, fuzzed.url) for service in SERVICES}


def ask(client: Client, service: str, account: str, data: st.DataObject) -> None:
    """Prepare what an operation needs and ask it for something odd."""
    recipe = recipe_of(service)
    operations = sorted(
        name
        for name in REGISTRY.get(service).operations.keys() - recipe.endless
        if client.can_send(name)
    )
    name = data.draw(st.sampled_from(operations), label="operation")
    with recipe.account(client, account):
        requests = Requests(
            operation=client.operation_model(name),
            given=recipe.prepare(client, name),
            needed=recipe.needed.get(name, ()),
            without=recipe.left_out(name),
        )
        case = data.draw(st.sampled_from(list(requests.valid())), label="case")
        request = data.draw(odd_requests(dict(case.request)), label="request")
        if recipe.is_unavailable(request):
            return
        outcome = client.send(name, request)
    if MISSING_WEIGHTS in outcome.shown():
        return
    assert not outcome.is_sent or never_right(outcome) == [], outcome.shown()


@pytest.mark.parametrize("service", SERVICES)
@FEW
@given(data=st.data())
def test_odd_values_are_refused_or_borne(
    clients: dict[str, Client], accounts: Iterator[str], service: str, data: st.DataObject
) -> None:
    ask(clients[service], service, next(accounts), data)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
@MANY
@given(data=st.data())
def test_many_odd_values_are_refused_or_borne(
    clients: dict[str, Client], accounts: Iterator[str], service: str, data: st.DataObject
) -> None:
    ask(clients[service], service, next(accounts), data)
