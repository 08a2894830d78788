"""Requests' bodies as rows, and predictions as answers' bodies.

Sources for the forms: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/LL-in-formats.html
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from outcrop_runtime.default_model.rows import Cell, Prediction, Row

CSV, JSON, JSON_LINES, TEXT = "text/csv", "application/json", "application/jsonlines", "text/plain"
ANY = frozenset(("", "*/*", "application/*", "application/octet-stream"))
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


class BodyError(ValueError):
    """A body cannot be read, or not be written as it is wanted; the message says why."""


def read_rows(body: bytes | str, content_type: str) -> list[Row]:
    """Return the rows of a request.

    Args:
        body: What was sent.
        content_type: Its media type; where it tells nothing, the body does.

    Raises:
        BodyError: It is not what it says.
    """
    kind = content_type.partition(";")[0].strip().lower()
    raw = body.encode() if isinstance(body, str) else body
    if kind in ANY:
        kind = _sniffed(raw)
    if kind.startswith("image/"):
        return [raw]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyError(f"The body is not UTF-8: {error}") from error
    match kind:
        case "text/csv":
            return [row for row in csv.reader(io.StringIO(text)) if row]
        case "application/json":
            return _json_rows(text)
        case "application/jsonlines" | "application/x-jsonlines" | "application/jsonl":
            return [_row(_json(line)) for line in text.splitlines() if line.strip()]
        case "text/plain":
            return [line for line in text.splitlines() if line.strip()]
        case _:
            raise BodyError(
                f"The content type {content_type} is not known: send {CSV}, {JSON}, {JSON_LINES},"
                f" {TEXT} or image/png."
            )


def write_predictions(predictions: Sequence[Prediction], accept: str) -> tuple[bytes, str]:
    """Return an answer's body and its media type.

    CSV has a label a line. JSON has `{"predictions": […]}` with `predicted_label`, its `score` and
    the `probabilities` of all classes, or with `score` alone where a number was asked for.

    Raises:
        BodyError: It is wanted in another form.
    """
    wanted = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
    for kind in wanted:
        if kind == JSON or kind in ANY:
            documents = {"predictions": [_document(one) for one in predictions]}
            return json.dumps(documents, ensure_ascii=False).encode(), JSON
        if kind in (CSV, "text/*"):
            return _as_csv(predictions), CSV
        if kind in (JSON_LINES, "application/x-jsonlines", "application/jsonl"):
            lines = [json.dumps(_document(one), ensure_ascii=False) for one in predictions]
            return "".join(f"{line}\n" for line in lines).encode(), kind
    raise BodyError(f"Answers are {JSON}, {CSV} or {JSON_LINES}, not {accept}.")


def _sniffed(raw: bytes) -> str:
    if raw.startswith(_IMAGES) or raw[8:12] == b"WEBP":
        return "image/unknown"
    return JSON if raw.lstrip()[:1] in (b"{", b"[") else CSV


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"The body is not JSON: {error}") from error


def _json_rows(text: str) -> list[Row]:
    """Return rows from `{"instances": […]}`, from a list of rows, or from a single row."""
    document = _json(text)
    if isinstance(document, dict) and "instances" in document:
        document = cast("Mapping[str, Any]", document)["instances"]
        if not isinstance(document, list):
            raise BodyError("instances must be a list of rows.")
    if isinstance(document, list):
        rows = cast("list[Any]", document)
        if rows and not isinstance(rows[0], list | dict | str):
            return [_row(rows)]  # The cells of one row.
        return [_row(one) for one in rows]
    return [_row(document)]


def _row(value: Any) -> Row:
    match value:
        case {"features": [*cells]} if len(cast("Mapping[str, Any]", value)) == 1:
            return _row(cells)
        case {"data": {"features": {"values": [*cells]}}}:
            return _row(cells)
        case str():
            return value
        case dict():
            named = cast("Mapping[str, Any]", value)
            _check_cells(list(named.values()))
            return cast("Mapping[str, Cell]", named)
        case list():
            cells = cast("list[Any]", value)
            _check_cells(cells)
            return cast("list[Cell]", cells)
        case _:
            raise BodyError(f"A row is a list or an object, not {json.dumps(value)}.")


def _check_cells(cells: Sequence[Any]) -> None:
    for cell in cells:
        if cell is not None and not isinstance(cell, str | int | float):
            raise BodyError(f"A cell is a number, a text or null, not {json.dumps(cell)[:100]}.")


def _document(prediction: Prediction) -> Mapping[str, Any]:
    if not prediction.probabilities:
        return {"score": prediction.label}
    return {
        "predicted_label": prediction.label,
        "score": prediction.probabilities[prediction.label],
        "probabilities": {str(name): it for name, it in prediction.probabilities.items()},
    }


def _as_csv(predictions: Sequence[Prediction]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([prediction.label] for prediction in predictions)
    return text.getvalue().encode()
