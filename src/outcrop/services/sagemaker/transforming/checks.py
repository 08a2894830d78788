"""What a transform job may ask for here."""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.transforming.parameters import (
    DEFAULT_PAYLOAD_MB,
    MOST_AT_ONCE_MB,
    OPEN_PAYLOAD_MB,
)
from outcrop.services.sagemaker.transforming.paths import JsonPath
from outcrop.services.sagemaker.transforming.records import CSV, JSON_TYPES


def check(given: Mapping[str, Any]) -> None:
    """Refuse the input of CreateTransformJob for a job that cannot run here.

    Raises:
        ServiceError: The message says what is missing.
    """
    if "DataCaptureConfig" in given:
        raise ValidationError("DataCaptureConfig is not offered by this server yet.")
    source = given["TransformInput"]["DataSource"]["S3DataSource"]
    if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise ValidationError(f"The S3DataType {source['S3DataType']} is not offered here.")
    _check_uri("TransformInput", source["S3Uri"])
    _check_uri("TransformOutput", given["TransformOutput"]["S3OutputPath"])
    split = given["TransformInput"].get("SplitType", "None")
    if split not in ("None", "Line"):
        raise ValidationError(f"The SplitType {split} is not offered by this server yet.")
    payload = given.get("MaxPayloadInMB", DEFAULT_PAYLOAD_MB)
    at_once = given.get("MaxConcurrentTransforms") or 1
    if payload > OPEN_PAYLOAD_MB or payload * at_once > MOST_AT_ONCE_MB:
        raise ValidationError(
            "MaxPayloadInMB, and MaxConcurrentTransforms times it, must not be more than"
            f" {MOST_AT_ONCE_MB}."
        )
    _check_processing(given)


def _check_processing(given: Mapping[str, Any]) -> None:
    processing = given.get("DataProcessing", {})
    for name in ("InputFilter", "OutputFilter"):
        try:
            JsonPath(processing.get(name, "$"))
        except ValueError as error:
            raise ValidationError(f"DataProcessing.{name}: {error}") from error
    is_wanted = processing.get("JoinSource", "None") == "Input" or any(
        processing.get(name, "$") != "$" for name in ("InputFilter", "OutputFilter")
    )
    content_type = given["TransformInput"].get("ContentType", "").partition(";")[0].strip()
    if is_wanted and content_type not in (CSV, *JSON_TYPES):
        raise ValidationError(
            f"DataProcessing needs a ContentType of {CSV} or {JSON_TYPES[0]}, or JSON lines."
        )


def _check_uri(what: str, uri: str) -> None:
    try:
        S3Place.of(uri)
    except ValueError as error:
        raise ValidationError(f"{what} must be at s3://bucket/prefix here, not {uri}.") from error
