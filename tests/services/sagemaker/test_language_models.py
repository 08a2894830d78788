"""Endpoints of the images of language models and embedders, which the server's engines serve."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.endpoint_account import EndpointAccount, packed

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
TGI = f"{REGISTRY}/huggingface-pytorch-tgi-inference:2.6.0-tgi3.3.4-gpu-py311-cu124-ubuntu22.04"
LMI = f"{REGISTRY}/djl-inference:0.33.0-lmi15.0.0-cu128"
VLLM = f"{REGISTRY}/huggingface-vllm:0.9-gpu"
TEI = f"{REGISTRY}/tei-cpu:2.0.1-tei1.8.2-cpu-py310-ubuntu22.04"
PIPELINES = f"{REGISTRY}/huggingface-pytorch-inference:2.6.0-transformers4.51.3-cpu-py312"
MODEL = "Qwen/Qwen2.5-Coder-0.5B-Instruct"
COUNTING = "1, 2, 3, 4, 5, 6, 7,"


@pytest.fixture
def deployed(endpoints: EndpointAccount) -> Any:
    def deploy(image: str, model: str = MODEL, *, status: str = "InService", **more: str) -> str:
        name = "language-model"
        endpoints.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=f"arn:aws:iam::{endpoints.id}:role/server",
            PrimaryContainer={"Image": image, "Environment": {"HF_MODEL_ID": model, **more}},
        )
        endpoints.configure(name, {"ModelName": name, "InstanceType": "ml.g5.2xlarge"})
        endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        endpoints.wait(name, status)
        return name

    return deploy


def refusal(endpoints: EndpointAccount, name: str, asked: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        endpoints.ask(name, asked)
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "ModelError"
    return answer["OriginalStatusCode"], answer["OriginalMessage"]


def streamed(endpoints: EndpointAccount, name: str, asked: Any) -> tuple[str, list[str]]:
    answer = endpoints.runtime.invoke_endpoint_with_response_stream(
        EndpointName=name, ContentType="application/json", Body=json.dumps(asked)
    )
    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    assert len(parts) > 2  # Not all of it at once.
    return answer["ContentType"], b"".join(parts).decode().splitlines()


def events_of(lines: list[str]) -> list[Any]:
    return [json.loads(line[5:]) for line in lines if line and line != "data: [DONE]"]


def words_of(events: list[Mapping[str, Any]]) -> str:
    return "".join(event["token"]["text"] for event in events)


def test_tgi_continues_inputs_and_tells_details(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(TGI)

    (plain,) = endpoints.ask(name, {"inputs": COUNTING, "parameters": {"max_new_tokens": 6}})
    asked = {"max_new_tokens": 6, "return_full_text": False, "details": True}
    (told,) = endpoints.ask(name, {"inputs": COUNTING, "parameters": asked})
    (stopped,) = endpoints.ask(
        name, {"inputs": COUNTING, "parameters": {"stop": [" 9"], "return_full_text": False}}
    )

    assert plain["generated_text"] == COUNTING + told["generated_text"]
    assert told["generated_text"].startswith(" 8, 9")
    details = told["details"]
    assert (details["finish_reason"], details["generated_tokens"]) == ("length", 6)
    assert "".join(token["text"] for token in details["tokens"]) == told["generated_text"]
    assert all(token["id"] > 0 and token["logprob"] <= 0 for token in details["tokens"])
    assert stopped == {"generated_text": " 8, 9"}
    assert endpoints.log(name) == ["Ready."]


def test_tgi_streams_token_by_token(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(TGI)
    parameters = {"max_new_tokens": 6, "return_full_text": False, "details": True}
    asked = {"inputs": COUNTING, "parameters": parameters, "stream": True}

    content_type, lines = streamed(endpoints, name, asked)

    *_, last = events = events_of(lines)
    assert content_type == "text/event-stream"
    assert [event["index"] for event in events] == list(range(1, 7))
    assert all(event["generated_text"] is None for event in events[:-1])
    assert last["generated_text"] == words_of(events)
    assert last["details"] == {
        "finish_reason": "length",
        "generated_tokens": 6,
        "seed": None,
        "input_length": last["details"]["input_length"],
    }


def test_tgi_refuses_as_tgi_does(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(TGI)

    for parameters, message in (
        ({"temperature": 0}, "`temperature` must be strictly positive"),
        ({"top_p": 1.5}, "`top_p` must be > 0.0 and < 1.0"),
        ({"max_new_tokens": 0}, "`max_new_tokens` must be strictly positive"),
        ({"best_of": 2}, "`best_of` != 1 is not allowed for this endpoint"),
        ({"stop": ["a"] * 5}, "`stop` supports up to 4 stop sequences. Given: 5"),
        ({"watermark": True}, "`watermark` is not offered by this server"),
    ):
        status, said = refusal(endpoints, name, {"inputs": "Hello", "parameters": parameters})

        assert (status, json.loads(said)) == (
            422,
            {"error": f"Input validation error: {message}", "error_type": "validation"},
        )
    too_long = "word " * 9000
    status, said = refusal(endpoints, name, {"inputs": too_long})
    assert (status, json.loads(said)["error_type"]) == (422, "validation")
    assert refusal(endpoints, name, [1])[0] == 422


def test_messages_are_answered_as_openai_does(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(TGI)
    messages = [
        {"role": "system", "content": "Answer in one word."},
        {"role": "user", "content": [{"type": "text", "text": "The capital of France?"}]},
    ]
    asked = {"model": "tgi", "messages": messages, "max_tokens": 8, "temperature": 0, "seed": 1}

    whole = endpoints.ask(name, asked)
    options = {"stream": True, "stream_options": {"include_usage": True}}
    content_type, lines = streamed(endpoints, name, {**asked, **options})

    (choice,) = whole["choices"]
    assert "Paris" in choice["message"]["content"]
    assert (whole["object"], whole["model"]) == ("chat.completion", "tgi")
    assert choice["finish_reason"] == "stop"
    *pieces, end, usage = events_of(lines)
    said = "".join(one["choices"][0]["delta"].get("content", "") for one in pieces)
    assert (content_type, lines[-2]) == ("text/event-stream", "data: [DONE]")
    assert said == choice["message"]["content"]
    assert end["choices"][0]["finish_reason"] == "stop"
    assert usage["usage"] == whole["usage"]


def test_tools_are_called_by_the_messages_api(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(VLLM)
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    function = {"name": "get_weather", "description": "The weather.", "parameters": parameters}
    asked = {
        "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": "required",
        "max_tokens": 40,
    }

    (choice,) = endpoints.ask(name, asked)["choices"]

    (call,) = choice["message"]["tool_calls"]
    assert (choice["finish_reason"], call["function"]["name"]) == ("tool_calls", "get_weather")
    assert "city" in json.loads(call["function"]["arguments"])
    assert refusal(endpoints, name, {"inputs": "Hello"})[0] == 400


def test_lmi_answers_objects_and_streams_lines(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(LMI)
    asked = {"inputs": COUNTING, "parameters": {"max_new_tokens": 6, "details": True}}

    whole = endpoints.ask(name, asked)
    several = endpoints.ask(name, {**asked, "inputs": [COUNTING, "A, B, C, D,"]})
    content_type, lines = streamed(endpoints, name, {**asked, "stream": True})

    assert whole["generated_text"].startswith(" 8, 9")
    assert whole["details"]["inputs"] == COUNTING
    assert [one["generated_text"][:2] for one in several] == [" 8", " E"]
    *_, last = events = [json.loads(line) for line in lines]
    assert content_type == "application/jsonlines"
    assert set(events[0]) == {"token"}
    assert last["generated_text"] == words_of(events) == whole["generated_text"]
    assert last["details"] == {
        "finish_reason": "length",
        "generated_tokens": 6,
        "inputs": COUNTING,
    }


def test_lmi_reads_its_model_and_form_from_its_properties(endpoints: EndpointAccount) -> None:
    properties = f"# ours\noption.model_id={MODEL}\noption.tgi_compat=true\n"
    archive = packed({"serving.properties": properties})
    endpoints.put_model("lmi", archive, Image=LMI, Environment={})
    endpoints.configure("lmi", {"ModelName": "lmi"})
    endpoints.sagemaker.create_endpoint(EndpointName="lmi", EndpointConfigName="lmi")
    endpoints.wait("lmi")

    answer = endpoints.ask("lmi", {"inputs": COUNTING, "parameters": {"max_new_tokens": 2}})

    assert answer == [{"generated_text": " 8"}]


def test_pipelines_generate_by_a_model_that_is_here(
    endpoints: EndpointAccount, deployed: Any
) -> None:
    name = deployed(PIPELINES, HF_TASK="text-generation")
    asked = {"inputs": COUNTING, "parameters": {"max_new_tokens": 2, "temperature": 0.9}}

    assert endpoints.ask(name, asked) == [{"generated_text": f"{COUNTING} 8"}]


def test_tei_embeds_texts_as_they_are(endpoints: EndpointAccount, deployed: Any) -> None:
    name = deployed(TEI, "intfloat/multilingual-e5-small")

    cat, kitten, tax = endpoints.ask(
        name, {"inputs": ["query: a cat", "query: a kitten", "query: income tax law"]}
    )
    (alone,) = endpoints.ask(name, {"inputs": "query: a cat"})

    assert len(cat) == 384
    assert sum(value * value for value in cat) == pytest.approx(1)
    assert alone == pytest.approx(cat, abs=1e-3)
    like, unlike = (sum(a * b for a, b in zip(cat, one, strict=True)) for one in (kitten, tax))
    assert like > unlike
    status, said = refusal(endpoints, name, {"inputs": "word " * 600})
    assert (status, json.loads(said)["error_type"]) == (413, "Validation")


def test_an_unknown_model_fails_the_endpoint_and_says_how_to_add_one(
    endpoints: EndpointAccount, deployed: Any
) -> None:
    name = deployed(TGI, "acme/unheard-of-9b", status="Failed")

    reason = endpoints.sagemaker.describe_endpoint(EndpointName=name)["FailureReason"]

    assert reason.startswith("No chat model here is acme/unheard-of-9b; there are Qwen/")
    assert "outcrop models add FILE" in reason


def test_a_bound_that_is_no_number_fails_the_endpoint(
    endpoints: EndpointAccount, deployed: Any
) -> None:
    name = deployed(TGI, MAX_CONCURRENT_REQUESTS="many", status="Failed")

    reason = endpoints.sagemaker.describe_endpoint(EndpointName=name)["FailureReason"]

    assert reason == "MAX_CONCURRENT_REQUESTS must be a number of at least 1, not 'many'."


def test_weights_among_the_model_data_are_not_taken_for_a_models_name(
    endpoints: EndpointAccount, deployed: Any
) -> None:
    name = deployed(TGI, "/opt/ml/model", status="Failed")

    reason = endpoints.sagemaker.describe_endpoint(EndpointName=name)["FailureReason"]

    assert reason.startswith("The container names no model: give HF_MODEL_ID a name")


def test_a_transform_job_asks_an_engine_for_each_line(endpoints: EndpointAccount) -> None:
    prompts = [COUNTING, "A, B, C, D,"]
    parameters = {"max_new_tokens": 2}
    lines = [json.dumps({"inputs": one, "parameters": parameters}) for one in prompts]
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="in/x.jsonl", Body="\n".join(lines))
    container = {"Image": LMI, "Environment": {"HF_MODEL_ID": MODEL}}
    role = f"arn:aws:iam::{endpoints.id}:role/server"
    endpoints.sagemaker.create_model(
        ModelName="llm", ExecutionRoleArn=role, PrimaryContainer=container
    )
    endpoints.sagemaker.create_transform_job(
        TransformJobName="llm",
        ModelName="llm",
        BatchStrategy="SingleRecord",
        TransformInput={
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": f"s3://{endpoints.bucket}/in/",
                }
            },
            "ContentType": "application/json",
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": f"s3://{endpoints.bucket}/out", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
    )

    def is_over() -> bool:
        job = endpoints.sagemaker.describe_transform_job(TransformJobName="llm")
        assert job["TransformJobStatus"] != "Failed", job
        return job["TransformJobStatus"] == "Completed"

    endpoints.until(is_over)

    out = endpoints.s3.get_object(Bucket=endpoints.bucket, Key="out/x.jsonl.out")["Body"].read()
    answers = [json.loads(line)["generated_text"] for line in out.splitlines()]
    assert answers == [" 8", " E,"]
