"""The answers of a job that runs: kept one by one, written to S3 at its end.

An answer and the job's counts are written in one batch, so that what was counted is never lost and
what was answered is never asked again.
"""

from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.bedrock.batch.items import Answered
from outcrop.services.bedrock.resources import scope
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordStore,
    Replace,
    Scope,
    StaleRecordError,
)

RESULT = "model-invocation-result"
BATCH = 500
COUNTS = ("total", "processed", "success", "error", "input_tokens", "output_tokens")


class JobInterruptedError(Exception):
    """The job was stopped by a request."""


@dataclass(slots=True)
class Results:
    """The answers of one job."""

    call: Call
    job: Record
    running: str
    """The status in which the job takes answers."""
    _scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        self._scope = scope(self.call, f"{RESULT}/{self.job.name}")

    async def answered(self, file: int) -> AbstractSet[str]:
        """Return the names of a file's answers."""
        records = every(self.call.backends.records, self._scope, prefix=f"{file:06d}/")
        return {record.name async for record in records}

    async def keep(self, name: str, answer: Answered) -> None:
        """Keep an answer and count it.

        Raises:
            JobInterruptedError: The job takes no more.
            RecordNotFoundError: The job has gone.
        """
        records = self.call.backends.records
        create = Create(scope=self._scope, name=name, document={"line": answer.line})
        while True:
            if self.job.document["status"] != self.running:
                raise JobInterruptedError
            document = {
                **self.job.document,
                "counts": _counted(self.job.document["counts"], answer),
                "updated": self.call.backends.now(),
            }
            try:
                written = await records.write(create, Replace(record=self.job, document=document))
            except StaleRecordError:
                self.job = await records.get(self.job.scope, self.job.name)
                continue
            except RecordExistsError:
                return
            self.job = next(record for record in written if record and record.name == self.job.name)
            return

    async def lines(self, file: int) -> AsyncIterator[bytes]:
        """Give a file's answers in the order of its records."""
        records = every(self.call.backends.records, self._scope, prefix=f"{file:06d}/")
        async for record in records:
            yield f"{record.document['line']}\n".encode()

    async def drop(self) -> None:
        """Delete the answers."""
        await drop(self.call.backends.records, self._scope)


async def drop(records: RecordStore, place: Scope) -> None:
    """Delete the answers of a job."""
    while page := await records.list(place, limit=BATCH):
        await records.write(*(Delete(scope=place, name=it.name, must_exist=False) for it in page))


def result_name(file: int, line: int) -> str:
    """Return the name of an answer: the numbers of its file and of its line, in order."""
    return f"{file:06d}/{line:010d}"


def no_counts() -> dict[str, int]:
    """Return the counts of a job that has not begun."""
    return dict.fromkeys(COUNTS, 0)


def manifest(counts: Mapping[str, int]) -> Mapping[str, Any]:
    """Return the summary that stands beside the output files."""
    return {
        "totalRecordCount": counts["total"],
        "processedRecordCount": counts["processed"],
        "successRecordCount": counts["success"],
        "errorRecordCount": counts["error"],
        "inputTokenCount": counts["input_tokens"],
        "outputTokenCount": counts["output_tokens"],
    }


def _counted(counts: Mapping[str, int], answer: Answered) -> Document:
    return {
        "total": counts["total"],
        "processed": counts["processed"] + 1,
        "success": counts["success"] + (not answer.is_error),
        "error": counts["error"] + answer.is_error,
        "input_tokens": counts["input_tokens"] + answer.input_tokens,
        "output_tokens": counts["output_tokens"] + answer.output_tokens,
    }
