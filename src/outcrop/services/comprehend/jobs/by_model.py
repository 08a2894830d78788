"""Jobs by custom models: what those that classify and those that recognize have in common."""

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.operations import Call
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.documents.kinds import FileKind
from outcrop.services.comprehend.documents.reading import check_reader
from outcrop.services.comprehend.flywheel.resources import active_model_of
from outcrop.services.comprehend.jobs.analysis import analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.results import ResultForm
from outcrop.services.comprehend.models.custom_models import CustomModels
from outcrop.storage.records.interface import Record

Ask = Callable[[Call, Sequence[str], Record], Awaitable[Sequence[Mapping[str, Any]]]]
"""Returns what a model says of each text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByModel:
    """How jobs have documents analysed by a model that was trained here."""

    models: CustomModels
    ask: Ask
    limit: int
    """In bytes, of a text."""
    form: ResultForm
    takes: Container[FileKind]
    """The files that are read page by page."""
    nothing: Mapping[str, Any]
    """What is told of a page without a text."""

    @property
    def member(self) -> str:
        """What requests and answers call the model's ARN: `DocumentClassifierArn`."""
        return f"{self.models.noun}Arn"

    async def start(self, call: Call, jobs: DetectionJobs, request: Mapping[str, Any]) -> Any:
        """Begin a job by the model that a request names, or by a flywheel's active version of now.

        Raises:
            InvalidRequestException: It names neither, or both.
            ServiceError: The model is not there, or not trained.
        """
        check_reader(request["InputDataConfig"].get("DocumentReaderConfig", {}))
        named = [each for each in (self.member, "FlywheelArn") if each in request]
        if len(named) != 1:
            raise shapes.InvalidRequestException(
                f"Exactly one of {self.member} and FlywheelArn is required."
            )
        arn = request.get(self.member) or await active_model_of(call, request["FlywheelArn"])
        await self.models.find_trained(call, arn)
        return {**await jobs.start(call, {**request, self.member: arn}), self.member: arn}

    async def work(self, job: ServiceJob) -> Mapping[str, Any]:
        """Analyse all documents."""
        model = await self.models.find_trained(job.call, job.document["request"][self.member])

        async def analyze(
            call: Call, texts: Sequence[str], _request: Mapping[str, Any]
        ) -> Sequence[Mapping[str, Any]]:
            asked = [text for text in texts if text]
            found = iter(await self.ask(call, asked, model) if asked else ())
            return [next(found) if text else self.nothing for text in texts]

        return await analyze_all(job, analyze, limit=self.limit, form=self.form, takes=self.takes)
