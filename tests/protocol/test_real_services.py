"""Operations of real services, with botocore's own serialiser and parser at the other end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from outcrop.aws.errors import SerializationError, ThrottlingError, ValidationError
from outcrop.aws.http import Body
from tests.protocol.as_client import MODELS, Conversation, events_of, modelled

MOMENT = datetime(2026, 11, 22, 10, 13, 31, 250_000, UTC)


async def gives(*events: Any) -> AsyncIterator[Any]:
    for event in events:
        if isinstance(event, Exception):
            raise event
        yield event


def test_converse_reads_path_and_body() -> None:
    converse = Conversation("bedrock-runtime", "Converse")
    model_id = "arn:aws:bedrock:us-east-1::foundation-model/mistral.mixtral-8x7b-instruct-v0:1"
    message = {"role": "user", "content": [{"text": "Explique le cloud, s'il te plaît"}]}
    tool = {"name": "t", "inputSchema": {"json": {"type": "object", "properties": {"n": None}}}}
    parameters = {
        "modelId": model_id,
        "messages": [message],
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 100},
        "toolConfig": {"tools": [{"toolSpec": tool}]},
        "additionalModelRequestFields": {"top_k": 5, "deep": [{"a": [1, 2.5, None, True]}]},
    }

    assert converse.parsed(converse.request(**parameters)) == parameters


def test_converse_stream_reaches_botocore_event_by_event() -> None:
    stream = Conversation("bedrock-runtime", "ConverseStream")
    events = [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "Le nuage"}, "contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}},
    ]

    answer = stream.answer({"stream": gives(*events)})

    assert events_of(answer["stream"]) == events


def test_a_modelled_error_ends_a_stream_as_an_exception() -> None:
    stream = Conversation("bedrock-runtime", "ConverseStream")
    start = {"messageStart": {"role": "assistant"}}

    answer = stream.answer({"stream": gives(start, modelled("ThrottlingException")("Slow down"))})

    events = iter(answer["stream"])
    assert next(events) == start
    with pytest.raises(EventStreamError) as caught:
        next(events)
    assert caught.value.response["Error"] == {
        "Code": "throttlingException",
        "Message": "Slow down",
    }


def test_a_fault_of_ours_ends_a_stream_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    stream = Conversation("bedrock-runtime", "ConverseStream")

    answer = stream.answer({"stream": gives(RuntimeError("the secret"))})

    with pytest.raises(EventStreamError) as caught:
        events_of(answer["stream"])
    assert caught.value.response["Error"] == {
        "Code": "internalServerException",
        "Message": "The stream broke off.",
    }
    assert "the secret" in caplog.text


def test_invoke_model_passes_bytes_and_headers_both_ways() -> None:
    invoke = Conversation("bedrock-runtime", "InvokeModel")
    parameters = {
        "modelId": "anthropic.claude-3-sonnet",
        "body": b'{"messages": []}',
        "contentType": "application/json",
        "accept": "*/*",
    }

    assert invoke.parsed(invoke.request(**parameters)) == parameters
    response = invoke.wire().serialize(
        "InvokeModel", {"body": b"{}", "contentType": "text/odd"}, request_id="an-id"
    )
    assert (response.headers, response.body) == (
        {"content-type": "text/odd", "x-amzn-requestid": "an-id"},
        b"{}",
    )


def test_list_objects_v2_reads_its_query_and_writes_s3s_own_root() -> None:
    listing = Conversation("s3", "ListObjectsV2")
    parameters = {"Bucket": "b", "Prefix": "a b/é&+", "MaxKeys": 2, "FetchOwner": True}
    contents = [
        {"Key": "<&>", "Size": 5, "LastModified": MOMENT, "ChecksumAlgorithm": ["CRC32", "SHA1"]},
        {"Key": "tail "},
    ]
    result = {
        "Name": "b",
        "IsTruncated": False,
        "Contents": contents,
        "CommonPrefixes": [{"Prefix": "x/"}],
    }

    response = listing.wire().serialize("ListObjectsV2", result, request_id="an-id")

    assert listing.parsed(listing.request(**parameters)) == parameters
    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<IsTruncated>false</IsTruncated>"
        b"<Contents><Key>&lt;&amp;&gt;</Key>"
        b"<LastModified>2026-11-22T10:13:31.250Z</LastModified>"
        b"<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm>"
        b"<Size>5</Size></Contents>"
        b"<Contents><Key>tail </Key></Contents>"
        b"<Name>b</Name><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListBucketResult>"
    )
    answer = listing.read(response)
    del answer["ResponseMetadata"]
    assert answer == result


def test_delete_objects_reads_a_namespaced_document() -> None:
    delete = Conversation("s3", "DeleteObjects")
    parameters = {
        "Bucket": "b",
        "Delete": {"Objects": [{"Key": "a\n"}, {"Key": "b", "VersionId": "1"}], "Quiet": True},
    }

    assert delete.parsed(delete.request(**parameters)) == parameters


def test_a_grantees_type_is_an_attribute() -> None:
    put = Conversation("s3", "PutBucketAcl")
    policy = {
        "Owner": {"ID": "o"},
        "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "g"}, "Permission": "READ"}],
    }

    assert put.parsed(put.request(Bucket="b", AccessControlPolicy=policy)) == {
        "Bucket": "b",
        "AccessControlPolicy": policy,
    }
    answer = Conversation("s3", "GetBucketAcl").answer(policy)
    del answer["ResponseMetadata"]
    assert answer == policy


def test_a_buckets_location_is_the_root_element_itself() -> None:
    response = (
        Conversation("s3", "GetBucketLocation")
        .wire()
        .serialize("GetBucketLocation", {"LocationConstraint": "eu-west-3"}, request_id="an-id")
    )

    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-3'
        b"</LocationConstraint>"
    )


def test_a_streaming_payload_is_handed_on_unread() -> None:
    put = Conversation("s3", "PutObject")
    request = put.request(Bucket="b", Key="k/é", Body=b"content", Metadata={"owner": "me"})

    parsed = put.parsed(request)

    body = parsed.pop("Body")
    assert isinstance(body, Body)
    assert asyncio.run(body.read()) == b"content"
    assert parsed == {
        "Bucket": "b",
        "Key": "k/é",
        "Metadata": {"owner": "me"},
        "ContentLength": 7,
    }


def test_s3s_errors_are_bare_and_name_what_they_are_about() -> None:
    answer = Conversation("s3", "GetObject").error(
        modelled("NoSuchKey")("The specified key does not exist.", Key="<k>")
    )

    assert answer == {
        "Error": {
            "Code": "NoSuchKey",
            "Message": "The specified key does not exist.",
            "Key": "<k>",
        },
        "ResponseMetadata": {"RequestId": "an-id", "HTTPStatusCode": 404},
    }


def test_sts_speaks_query() -> None:
    assume = Conversation("sts", "AssumeRole")
    parameters = {
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "RoleSessionName": "s",
        "DurationSeconds": 900,
        "Tags": [{"Key": "a&b", "Value": "é"}, {"Key": "c", "Value": ""}],
        "TransitiveTagKeys": ["a&b"],
        "PolicyArns": [],
    }
    result = {
        "Credentials": {
            "AccessKeyId": "A",
            "SecretAccessKey": "s/<",
            "SessionToken": "t",
            "Expiration": MOMENT,
        },
        "PackedPolicySize": 6,
    }

    answer = assume.answer(result)

    assert assume.parsed(assume.request(**parameters)) == parameters
    assert answer.pop("ResponseMetadata") == {"RequestId": "an-id", "HTTPStatusCode": 200}
    assert answer == result


def test_query_tells_an_errors_own_code_fault_and_status() -> None:
    answer = Conversation("iam", "GetRole").error(modelled("NoSuchEntityException")("No role r"))

    assert answer == {
        "Error": {"Type": "Sender", "Code": "NoSuchEntity", "Message": "No role r"},
        "ResponseMetadata": {"RequestId": "an-id", "HTTPStatusCode": 404},
    }


def test_query_calls_common_errors_by_their_older_names() -> None:
    answer = Conversation("sts", "AssumeRole").error(ValidationError("no"))

    assert answer["Error"] == {"Type": "Sender", "Code": "ValidationError", "Message": "no"}


def test_logs_speaks_json() -> None:
    put = Conversation("logs", "PutLogEvents")
    parameters = {
        "logGroupName": "g",
        "logStreamName": "s",
        "logEvents": [{"timestamp": 1_795_342_411_250, "message": "\U0001f600 done\n"}],
    }

    answer = put.answer({"nextSequenceToken": "1", "rejectedLogEventsInfo": None})

    assert put.parsed(put.request(**parameters)) == parameters
    assert answer == {
        "nextSequenceToken": "1",
        "ResponseMetadata": {"RequestId": "an-id", "HTTPStatusCode": 200},
    }


def test_rpc_streams_begin_with_an_initial_response() -> None:
    tail = Conversation("logs", "StartLiveTail")
    start = {"sessionStart": {"requestId": "r", "logGroupIdentifiers": ["g"]}}

    answer = tail.answer({"responseStream": gives(start)})

    assert events_of(answer["responseStream"]) == [start]


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_cloudwatch_speaks_three_protocols_alike(protocol: str) -> None:
    put = Conversation("cloudwatch", "PutMetricData", protocol)
    datum = {
        "MetricName": "m",
        "Dimensions": [{"Name": "d", "Value": "v"}],
        "Timestamp": MOMENT,
        "Value": 1.5,
        "Values": [1.0, 2.5],
        "StorageResolution": 60,
    }
    parameters = {"Namespace": "n", "MetricData": [datum]}
    result = {
        "Label": "l",
        "Datapoints": [{"Timestamp": MOMENT, "Average": 0.25, "ExtendedStatistics": {"p9": 1.0}}],
    }

    statistics = Conversation("cloudwatch", "GetMetricStatistics", protocol)
    request = statistics.request(Namespace="n", MetricName="m")
    answer = statistics.answer(result, request)

    assert put.parsed(put.request(**parameters)) == parameters
    del answer["ResponseMetadata"]
    assert answer == result


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_clients_of_all_three_protocols_see_the_same_error_code(protocol: str) -> None:
    get = Conversation("cloudwatch", "GetDashboard", protocol)
    error = modelled("DashboardNotFoundError")("No such dashboard")

    answer = get.error(error, get.request(DashboardName="d"))

    assert answer["Error"]["Code"] == "ResourceNotFound"
    assert answer["Error"]["Type"] == "Sender"
    assert answer["ResponseMetadata"] == {"RequestId": "an-id", "HTTPStatusCode": 404}


def test_rest_json_tells_the_code_in_a_header() -> None:
    wire = Conversation("bedrock-runtime", "Converse").wire()

    response = wire.serialize_error("Converse", ThrottlingError("Busy"), request_id="an-id")

    assert (response.status, response.headers, response.body) == (
        429,
        {
            "content-type": "application/json",
            "x-amzn-requestid": "an-id",
            "x-amzn-errortype": "ThrottlingException",
        },
        b'{"message":"Busy"}',
    )


def test_json_rpc_tells_a_modelled_fault_of_the_service_as_500() -> None:
    wire = Conversation("logs", "PutLogEvents").wire()

    response = wire.serialize_error(
        "PutLogEvents", modelled("ServiceUnavailableException")("Later"), request_id="an-id"
    )

    assert (response.status, response.body) == (
        500,
        b'{"__type":"ServiceUnavailableException","message":"Later"}',
    )


def test_ec2_wraps_errors_in_its_own_envelope() -> None:
    answer = Conversation("ec2", "DescribeInstances").error(ValidationError("no"))

    assert answer == {
        "Error": {"Code": "InvalidParameterValue", "Message": "no"},
        "ResponseMetadata": {"RequestId": "an-id", "HTTPStatusCode": 400},
    }


def test_ec2_has_flat_lists() -> None:
    describe = Conversation("ec2", "DescribeInstances")
    parameters = {
        "InstanceIds": ["i-1", "i-2"],
        "Filters": [{"Name": "n", "Values": ["a", "b"]}],
        "DryRun": False,
    }
    result = {"Reservations": [{"Instances": [{"InstanceId": "i-1", "LaunchTime": MOMENT}]}]}

    answer = describe.answer(result)

    assert describe.parsed(describe.request(**parameters)) == parameters
    del answer["ResponseMetadata"]
    assert answer == result


def test_cbor_is_known_by_its_content_type_too() -> None:
    put = Conversation("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor")
    request = put.request(Namespace="n")
    bare = replace(request, headers={"content-type": "application/cbor"})

    assert put.parsed(bare) == {"Namespace": "n"}


def test_a_payload_of_text_must_be_utf_8() -> None:
    put = Conversation("s3", "PutBucketPolicy")
    request = put.request(Bucket="b", Policy="{}").with_body(b"\xff")

    with pytest.raises(SerializationError):
        put.parsed(request)


def test_a_number_in_a_header_must_be_one() -> None:
    put = Conversation("s3", "PutObject")
    request = put.request(Bucket="b", Key="k", Body=b"")

    for length in ("five", str(1 << 63)):
        with pytest.raises(SerializationError):
            put.parsed(replace(request, headers={"content-length": length}))


def test_a_missing_idempotency_token_is_made_up() -> None:
    create = Conversation("bedrock", "CreateModelCustomizationJob")

    first, second = create.parsed(create.request()), create.parsed(create.request())

    assert first.keys() == {"clientRequestToken"}
    assert first != second


def test_service_models_are_loaded_once_and_without_prose() -> None:
    model = MODELS.load("sts")

    assert MODELS.load("sts") is model
    assert model.operation_model("AssumeRole").documentation == ""
    assert "bedrock-runtime" in MODELS.names()
