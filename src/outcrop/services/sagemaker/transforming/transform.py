"""Asks a model for all of a transform job's input, and uploads what it answers.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
"""

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.jobs.serving import (
    Answerer,
    BrokenAnswerError,
    NoAnswerError,
    Question,
    TooManyWaitingError,
)
from outcrop.services.sagemaker.running.downloads import decompressed
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import chunks_of
from outcrop.services.sagemaker.running.objects import no_objects, objects_of
from outcrop.services.sagemaker.transforming import records
from outcrop.services.sagemaker.transforming.parameters import Parameters
from outcrop.services.sagemaker.transforming.paths import JsonPath, NoSuchPartError

DEFAULT_TIMEOUT_SECONDS, DEFAULT_RETRIES = 600, 3
"""If the request names none."""
LONGEST_ANSWER = 300
"""Of what a model says of an error, as much is told."""


class Transform:
    """The work of one transform job."""

    def __init__(self, work: Work, fleets: Sequence[Answerer], parameters: Parameters) -> None:
        """Prepare for asking a model.

        Args:
            work: The job's.
            fleets: Who answer for the model's containers, one after the other.
            parameters: How they are asked.
        """
        request = work.request
        client = request.get("ModelClientConfig", {})
        processing = request.get("DataProcessing", {})
        self._work = work
        self._fleets = fleets
        self._input: Mapping[str, Any] = request["TransformInput"]
        self._output: Mapping[str, Any] = request["TransformOutput"]
        self._seconds: float = client.get("InvocationsTimeoutInSeconds", DEFAULT_TIMEOUT_SECONDS)
        self._retries: int = client.get("InvocationsMaxRetries", DEFAULT_RETRIES)
        self._most_bytes = parameters.payload_mb << 20
        self._most_records = 1 if parameters.is_single else None
        self._at_once = parameters.at_once * work.instances.count
        self._input_filter = JsonPath(processing.get("InputFilter", "$"))
        self._output_filter = JsonPath(processing.get("OutputFilter", "$"))
        self._joins = processing.get("JoinSource", "None") == "Input"

    async def go(self) -> None:
        """Transform all objects.

        Raises:
            JobFailedError: One cannot be.
            ServiceError: A bucket refuses it.
        """
        source = self._input["DataSource"]["S3DataSource"]
        is_empty = True
        try:
            async for bucket, key, path in objects_of(self._work.call, source):
                is_empty = False
                await self._transform(bucket, key, path)
        except (records.RecordError, NoSuchPartError) as error:
            raise JobFailedError(f"ClientError: {error}") from error
        if is_empty:
            raise no_objects(self._work.call, source)

    async def _transform(self, bucket: str, key: str, path: str) -> None:
        """Transform one object; its predictions are in the order of its records.

        Raises:
            JobFailedError: It is not compressed as was said.
        """
        file = self._work.files.folder / "predictions"
        chunks = await self._work.call.objects.open(bucket, key)
        if self._input.get("CompressionType") == "Gzip":
            chunks = decompressed(chunks)
        try:
            await self._predict(self._payloads(chunks), file)
        except zlib.error as error:
            raise JobFailedError(f"ClientError: s3://{bucket}/{key}: {error}") from error
        place = S3Place.of(self._output["S3OutputPath"])
        opened = await asyncio.to_thread(file.open, "rb")
        await self._work.call.objects.write(
            place.bucket,
            place.key(f"{path}.out"),
            chunks_of(opened),
            content_type=self._output.get("Accept", "application/octet-stream"),
        )

    def _payloads(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
        if self._input.get("SplitType", "None") == "None":
            return records.whole(chunks, most_bytes=self._most_bytes)
        return records.lines(chunks, most_bytes=self._most_bytes, most_records=self._most_records)

    async def _predict(self, payloads: AsyncIterator[list[bytes]], file: Path) -> None:
        """Write the answers to payloads to a file; some are asked for at once."""
        asked: deque[asyncio.Task[bytes]] = deque()
        with file.open("wb") as predictions:
            try:
                async for payload in payloads:
                    asked.append(asyncio.create_task(self._answer(payload)))
                    if len(asked) >= self._at_once:
                        await asyncio.to_thread(predictions.write, await asked[0])
                        asked.popleft()
                while asked:
                    await asyncio.to_thread(predictions.write, await asked[0])
                    asked.popleft()
            finally:
                for task in asked:
                    task.cancel()
                await asyncio.gather(*asked, return_exceptions=True)

    async def _answer(self, payload: list[bytes]) -> bytes:
        """Return what the output is to hold for some records."""
        content_type = self._input.get("ContentType", "")
        values: list[Any] = []
        if self._joins or not self._input_filter.is_whole:
            values = [records.read(one, content_type) for one in payload]
        sent = payload
        if not self._input_filter.is_whole:
            sent = [records.write(self._input_filter.pick(one), content_type) for one in values]
        is_cut = self._input.get("SplitType", "None") != "None"
        body = b"".join(one + b"\n" for one in sent) if is_cut else sent[0]
        answer, answer_type = await self._ask(body, content_type)
        if self._joins or not self._output_filter.is_whole:
            answer = self._processed(values, answer, self._output.get("Accept") or answer_type)
        if self._output.get("AssembleWith") == "Line" and not answer.endswith(b"\n"):
            answer += b"\n"
        return answer

    def _processed(self, values: list[Any], answer: bytes, content_type: str) -> bytes:
        """Return an answer's records, joined with their inputs and filtered."""
        predicted = [one for one in answer.splitlines() if one.strip()]
        if self._joins and len(predicted) != len(values):
            raise records.RecordError(
                f"{len(values)} records cannot be joined with {len(predicted)} predictions."
            )
        found = [records.read(one, content_type) for one in predicted]
        if self._joins:
            found = [
                records.joined(given, one, content_type)
                for given, one in zip(values, found, strict=True)
            ]
        picked = (self._output_filter.pick(one) for one in found)
        return b"\n".join(records.write(one, content_type) for one in picked)

    async def _ask(self, body: bytes, content_type: str) -> tuple[bytes, str]:
        """Return the model's answer and its content type."""
        headers = {"content-type": content_type or "application/octet-stream"}
        if accept := self._output.get("Accept"):
            headers["accept"] = accept
        for fleet in self._fleets:
            question = Question(path="/invocations", body=body, headers=headers)
            body, answer_type = await self._answered(fleet, question)
            headers = {**headers, "content-type": answer_type or "application/octet-stream"}
        return body, headers["content-type"]

    async def _answered(self, fleet: Answerer, question: Question) -> tuple[bytes, str]:
        """Return a container's answer and its content type.

        Raises:
            JobFailedError: It has none.
        """
        said = ""
        for _ in range(1 + self._retries):
            try:
                async with fleet.ask(question, seconds=self._seconds) as answer:
                    content = await answer.read()
            except (NoAnswerError, BrokenAnswerError, TooManyWaitingError) as error:
                said = str(error)
                continue
            if answer.status < 300:
                return content, answer.headers.get("content-type", "")
            said = f"{answer.status}: {content[:LONGEST_ANSWER].decode(errors='replace')}"
            if answer.status < 500:
                break
        raise JobFailedError(f"AlgorithmError: Bad HTTP answer of the model: {said}")
