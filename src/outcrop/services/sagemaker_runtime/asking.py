"""One invocation: which variant is asked, how, and what becomes of its answer.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import asyncio
import logging
import random
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError, ThrottlingError
from outcrop.jobs.serving import (
    Answer,
    Answerer,
    BrokenAnswerError,
    NoAnswerError,
    Question,
    Route,
    Share,
    TooManyWaitingError,
)
from outcrop.operations import Call
from outcrop.services.sagemaker_runtime import shapes
from outcrop.services.sagemaker_runtime.capture import is_sampled, line_of
from outcrop.services.sagemaker_runtime.components import find_asked, refuse_without_copies
from outcrop.services.sagemaker_runtime.metrics import Report
from outcrop.services.sagemaker_runtime.reports import report

ANSWER_SECONDS = 60.0
"""Within which a container must answer."""
LONGEST_MESSAGE = 1024
SERVERLESS_PAYLOAD_BYTES = 4 << 20
"""The longest that a serverless variant takes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""
SENT_HEADERS = {
    "ContentType": "content-type",
    "Accept": "accept",
    "CustomAttributes": "x-amzn-sagemaker-custom-attributes",
    "InferenceId": "x-amzn-sagemaker-inference-id",
}
CAPTURED = ("InferenceId", "CustomAttributes")
INVOCATIONS = "/invocations"
NOT_OFFERED = {
    "EnableExplanations": "explainers",
    "SessionId": "sessions",
}
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the"
    " latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)
logger = logging.getLogger(__name__)
GONE = "The container went away before it had answered."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A request to an endpoint, and the variant that answers it."""

    call: Call
    endpoint: str
    route: Route
    share: Share
    fleets: Mapping[str, Answerer]
    """Those of the share's that answer, one after the other."""
    paths: Mapping[str, str]
    """Which of their models answers, of those fleets that have many."""
    question: Question
    metadata: Mapping[str, str]
    """What captured data tell of the request beside its body."""
    began: float
    seconds: float = ANSWER_SECONDS
    """Within which the answer must have ended."""
    lines: list[str] = field(default_factory=list[str])
    """What is captured of it."""
    at_once: list[int] = field(default_factory=list[int])
    """How many requests were under way when it began, itself among them."""

    @classmethod
    async def of(
        cls, call: Call, request: Mapping[str, Any], *, asynchronous_seconds: float | None = None
    ) -> "Invocation":
        """Read a request and choose who answers it.

        Args:
            call: Of whom.
            request: The input of InvokeEndpoint, or what amounts to it.
            asynchronous_seconds: How long a request that nobody waits for may take.

        Raises:
            ServiceError: There is no such endpoint, or it cannot be asked so.
        """
        began = time.perf_counter()
        for name, what in NOT_OFFERED.items():
            if name in request:
                raise shapes.ValidationError(
                    f"{name} is not offered by this server yet: there are no {what}."
                )
        endpoint = request["EndpointName"]
        route = await find_asked(call, endpoint, request.get("InferenceComponentName"))
        if (asynchronous_seconds is None) == bool(route.details["asynchronous"]):
            operation = "InvokeEndpoint" if asynchronous_seconds else "InvokeEndpointAsync"
            raise shapes.ValidationError(
                f"Endpoint {endpoint} cannot be asked so: it must be asked by {operation}."
            )
        share = _share(route, endpoint, request.get("TargetVariant"))
        if "component" in route.details:
            refuse_without_copies(call, endpoint, route, share)
        if share.name in route.details.get("serverless", {}):
            _check_payload(request["Body"])
        fleets = _fleets(route, share, request.get("TargetContainerHostname"))
        known: Mapping[str, Any] = route.details["models"][share.name]
        stores = {name: store for name, store in known.items() if name in fleets}
        return cls(
            call=call,
            endpoint=endpoint,
            route=route,
            share=share,
            fleets=fleets,
            paths=await _paths(endpoint, stores, request.get("TargetModel")),
            question=Question(
                path=INVOCATIONS,
                body=request["Body"],
                headers={
                    header: request[name]
                    for name, header in SENT_HEADERS.items()
                    if name in request
                },
            ),
            metadata={name: request[name] for name in CAPTURED if name in request},
            began=began,
            seconds=asynchronous_seconds or ANSWER_SECONDS,
        )

    @asynccontextmanager
    async def answer(self) -> AsyncGenerator[Answer, None]:
        """Give the variant's answer, held as long as the context is.

        Raises:
            ServiceError: There is none, or it is an error.
        """
        self._have_copied()
        self.at_once.append(1 + max(fleet.under_way for fleet in self.fleets.values()))
        asked = time.perf_counter()
        status: int | None = None
        waited = 0.0
        try:
            question = self.question
            *before, last = self.fleets.items()
            for name, fleet in before:
                question = self._at(name, question)
                async with fleet.ask(question, seconds=self.seconds) as answer:
                    status, waited = answer.status, waited + answer.waited_seconds
                    await self._refuse(answer, name)
                    question = await _next(question, answer)
            name, fleet = last
            question = self._at(name, question)
            async with fleet.ask(question, seconds=self.seconds) as answer:
                status, waited = answer.status, waited + answer.waited_seconds
                await self._refuse(answer, name)
                yield answer
        except TooManyWaitingError as error:
            raise ThrottlingError(f"Rate exceeded: {error}") from error
        except NoAnswerError as error:
            status = 0
            raise self._failed(0, TIMED_OUT) from error
        except BrokenAnswerError as error:
            status = 0
            raise self._failed(0, GONE) from error
        finally:
            if status is not None:
                over = time.perf_counter()
                self._report(status, model_seconds=over - asked - waited, total=over - self.began)

    async def read(self, answer: Answer) -> bytes:
        """Return the whole body of an answer, and have it captured if it is to be."""
        body = await answer.read()
        capture = self.route.details["capture"]
        if is_sampled(capture):
            line = line_of(
                capture,
                sent=(self.question.body, self.question.headers.get("content-type", "")),
                answered=(body, answer.headers.get("content-type", "")),
                metadata=self.metadata,
                now=self.call.backends.now(),
            )
            self.lines.append(line)
        return body

    def headers_of(self, answer: Answer) -> dict[str, str]:
        """Return the members of the output that are headers."""
        told = {"InvokedProductionVariant": self.share.name}
        for name in ("ContentType", "CustomAttributes"):
            if SENT_HEADERS[name] in answer.headers:
                told[name] = answer.headers[SENT_HEADERS[name]]
        return told

    def _have_copied(self) -> None:
        """Have the shadow asked, too, if there is one and chance has it."""
        shadow: Share | None = self.route.details["shadow"]
        if shadow is None or shadow is self.share or random.random() >= shadow.weight:  # noqa: S311 - no secret
            return
        name = f"sagemaker-runtime/shadow/{uuid.uuid4()}"
        self.call.backends.background.start(name, partial(self._ask_shadow, shadow))

    async def _ask_shadow(self, shadow: Share) -> None:
        """Ask the shadow; what it answers, nobody gets."""
        try:
            copied = replace(
                self,
                share=shadow,
                fleets=shadow.fleets,
                began=time.perf_counter(),
                lines=[],
                at_once=[],
            )
            async with copied.answer() as answer:
                await copied.read(answer)
        except ServiceError as error:
            logger.info("The shadow of %s did not answer: %s", self.endpoint, error.message)

    def _at(self, name: str, question: Question) -> Question:
        path = self.paths.get(name, INVOCATIONS)
        return question if path == question.path else replace(question, path=path)

    def _report(self, status: int, *, model_seconds: float, total: float) -> None:
        what = Report(
            status=status,
            model_seconds=model_seconds,
            overhead_seconds=total - model_seconds,
            at_once=self.at_once[-1],
            size=max(1, self.share.size),
            line="".join(self.lines),
        )
        report(self.call, self.endpoint, self.route, self.share, what)

    async def _refuse(self, answer: Answer, container: str) -> None:
        """Raise the error that an answer is, if it is one."""
        if answer.status >= 300:
            said = (await answer.read()).decode(errors="replace")
            stream = f"{self.share.name}/i-{answer.replica}"
            if len(self.share.fleets) > 1:
                raise self._failed(answer.status, said, f"{stream}/{container}", container)
            raise self._failed(answer.status, said, stream)

    def _failed(
        self, status: int, said: str, stream: str = "", container: str = "primary"
    ) -> ServiceError:
        whose = "client" if 400 <= status < 500 else "server"
        region, account = self.call.region, self.call.account
        group = self.route.details.get("log_group", f"/aws/sagemaker/Endpoints/{self.endpoint}")
        log = f"log-group:{group}:log-stream:{stream}" if stream else f"log-group:{group}"
        return shapes.ModelError(
            f'Received {whose} error ({status}) from {container} with message "'
            f'{said[:LONGEST_MESSAGE]}". See https://{region}.console.aws.amazon.com/cloudwatch/home'
            f"?region={region}#logEventViewer:group={group} in account {account} for more"
            " information.",
            OriginalStatusCode=status,
            OriginalMessage=said[:LONGEST_MESSAGE],
            LogStreamArn=self.call.arn(log, service="logs"),
        )


def _check_payload(body: bytes) -> None:
    if len(body) > SERVERLESS_PAYLOAD_BYTES:
        raise shapes.ValidationError(
            f"The body has {len(body)} bytes; a serverless endpoint takes"
            f" {SERVERLESS_PAYLOAD_BYTES} at most."
        )


def _share(route: Route, endpoint: str, variant: str | None) -> Share:
    share = route.share(variant) if variant else route.choose()
    if share is None:
        what = f"variant {variant}" if variant else "variant with a weight"
        raise shapes.ValidationError(f"Endpoint {endpoint} has no {what}.")
    return share


def _fleets(route: Route, share: Share, container: str | None) -> Mapping[str, Answerer]:
    """Return which of a share's fleets answer, one after the other: all, or the one of a name."""
    is_direct = share.name in route.details["direct"]
    if is_direct != (container is not None):
        what = "needs" if is_direct else "takes no"
        raise shapes.ValidationError(f"The variant {share.name} {what} TargetContainerHostname.")
    if container is None:
        return share.fleets
    if container not in share.fleets:
        raise shapes.ValidationError(f"The variant {share.name} has no container {container}.")
    return {container: share.fleets[container]}


async def _paths(endpoint: str, stores: Mapping[str, Any], target: str | None) -> Mapping[str, str]:
    """Return where fleets that have many models are asked for one, which they have by then."""
    if target is None and stores:
        raise shapes.ValidationError(
            f"Endpoint {endpoint} is a multi-model endpoint and needs the target model header."
        )
    if target is None:
        return {}
    if not stores:
        raise shapes.ValidationError(
            f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model"
            " header."
        )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return {
                name: f"/models/{await store.have(target)}/invoke" for name, store in stores.items()
            }
    except ServiceError as error:
        raise shapes.ValidationError(error.message) from error
    except TimeoutError as error:
        raise shapes.ModelNotReadyException(
            f"Model {target} is not ready for inference yet."
        ) from error


async def _next(question: Question, answer: Answer) -> Question:
    """Return what the next container is asked: what the one before has answered."""
    content_type = answer.headers.get("content-type", "application/octet-stream")
    return Question(
        path=question.path,
        body=await answer.read(),
        headers={**question.headers, "content-type": content_type},
    )
