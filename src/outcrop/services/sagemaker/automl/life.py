"""An AutoML job from its creation to its end, and again from where it was after a restart.

All that it knows is in records: its own, and those of its candidates' training jobs.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-automate-model-development.html
"""

from collections.abc import Sequence

from outcrop.aws.errors import ServiceError
from outcrop.services.sagemaker.automl.candidates import (
    INDEX,
    Candidate,
    candidates_of,
    most_candidates,
    result_of,
    training_request,
)
from outcrop.services.sagemaker.automl.tasks import TABULAR
from outcrop.services.sagemaker.running.failures import LONGEST_FAILURE
from outcrop.services.sagemaker.running.launching import LaunchingRun
from outcrop.services.sagemaker.training.contract import with_metrics
from outcrop.storage.records.interface import Document

AT_ONCE = 4
"""Candidates that are trained, or wait for their turn, at a time."""


class AutoMLRun(LaunchingRun):
    """One AutoML job at work."""

    async def _step(self) -> None:
        candidates = await candidates_of(self._call, self._job)
        for candidate in candidates:
            await self._hear(candidate)
        candidates = await candidates_of(self._call, self._job)
        running = [one for one in candidates if not one.has_ended]
        if "outcome" not in self._job:
            await self._decide(candidates, running)
        if not await self._close(running):
            await self._launch(len(running))

    async def _hear(self, candidate: Candidate) -> None:
        """Keep what a candidate has come to."""
        name = candidate.job.name
        is_told = candidate.result is not None or name in self._job["troubles"]
        status = candidate.job.document["status"]
        if is_told or status not in ("Completed", "Failed"):
            return
        member, told = "troubles", candidate.job.document.get("failure", "")
        if status == "Completed":
            try:
                member, told = "results", await result_of(self._call, self._job, candidate)
            except (ServiceError, ValueError) as error:
                told = f"{name} cannot be told: {error}"
        await self._apply(lambda job: {**job, member: {**job[member], name: told}})

    async def _decide(self, candidates: Sequence[Candidate], running: Sequence[Candidate]) -> None:
        """Settle how the job ends, if it is to end now."""
        config = self._job["table"]["AutoMLProblemTypeConfig"][TABULAR]
        criteria = config.get("CompletionCriteria", {})
        longest = criteria.get("MaxAutoMLJobRuntimeInSeconds")
        age = (self._call.backends.now() - self._job["created"]).total_seconds()
        if self._job["status"] == "Stopping":
            await self._settle("Stopped", outcome_secondary="Stopped")
        elif longest is not None and age >= longest:
            await self._settle("Completed", outcome_secondary="MaxAutoMLJobRuntimeReached")
        elif self._job["launched"] >= most_candidates(self._job) and not running:
            reached = "MaxCandidatesReached" if "MaxCandidates" in criteria else "Completed"
            await self._settle("Completed", outcome_secondary=reached)

    def _ended(self) -> Document:
        """Return how the job has ended; one that has completed without any model has failed."""
        job = self._job
        if job["outcome"] != "Completed" or job["results"]:
            return {"status": job["outcome"], "secondary": job["outcome_secondary"]}
        reasons = list(job["troubles"].values())
        why = reasons[0] if reasons else "The time limit was too short for any of them."
        return {
            "status": "Failed",
            "secondary": "Failed",
            "failure": f"No candidate could be trained. {why}"[:LONGEST_FAILURE],
        }

    async def _launch(self, running: int) -> None:
        """Launch as many candidates as there is room for."""
        numbers = range(self._job["launched"] + 1, most_candidates(self._job) + 1)
        try:
            for number in numbers[: max(0, AT_ONCE - running)]:
                await self._start(
                    with_metrics(training_request(self._job, number)),
                    number,
                    index=INDEX,
                    more={"automl": {"arn": self._job["arn"], "number": number}},
                    told={"secondary": "TrainingModels"},
                )
        except ServiceError as error:
            reason = f"ClientError: {error.message}"
            await self._settle("Failed", reason, outcome_secondary="Failed")
