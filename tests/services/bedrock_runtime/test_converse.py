"""Converse and ConverseStream, as a user of boto3 sees them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from tests.services.bedrock_runtime.conversing import (
    CAPITAL,
    GREEDY,
    MODEL,
    WEATHER,
    assistant,
    said,
    told,
    user,
)

CHAT_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


def converse(runtime: Any, *messages: Any, **more: Any) -> Any:
    more.setdefault("inferenceConfig", GREEDY)
    more.setdefault("modelId", MODEL)
    return runtime.converse(messages=list(messages), **more)


def stream(runtime: Any, *messages: Any, **more: Any) -> list[Any]:
    more.setdefault("inferenceConfig", GREEDY)
    more.setdefault("modelId", MODEL)
    return list(runtime.converse_stream(messages=list(messages), **more)["stream"])


def test_a_turn_is_answered_with_usage_latency_and_the_model_that_spoke(runtime: Any) -> None:
    answer = converse(runtime, user(CAPITAL))

    usage, metadata = answer["usage"], answer.pop("ResponseMetadata")
    assert "Paris" in said(answer)
    assert answer == {
        "output": {"message": {"role": "assistant", "content": [{"text": said(answer)}]}},
        "stopReason": "end_turn",
        "usage": {
            "inputTokens": usage["inputTokens"],
            "outputTokens": usage["outputTokens"],
            "totalTokens": usage["inputTokens"] + usage["outputTokens"],
        },
        "metrics": {"latencyMs": answer["metrics"]["latencyMs"]},
    }
    assert usage["inputTokens"] > 10
    assert 1 <= usage["outputTokens"] <= 16
    assert answer["metrics"]["latencyMs"] > 0
    assert metadata["HTTPHeaders"]["x-outcrop-model"] == CHAT_MODEL


def test_a_stream_tells_the_same_turn_event_by_event(runtime: Any) -> None:
    whole = converse(runtime, user(CAPITAL), additionalModelRequestFields={"seed": 1})

    events = stream(runtime, user(CAPITAL), additionalModelRequestFields={"seed": 1})

    kinds = [next(iter(event)) for event in events]
    assert told(events) == said(whole)
    assert events[0] == {"messageStart": {"role": "assistant"}}
    assert kinds[1:-3] == ["contentBlockDelta"] * (len(events) - 4)
    assert events[-3] == {"contentBlockStop": {"contentBlockIndex": 0}}
    assert events[-2] == {"messageStop": {"stopReason": "end_turn"}}
    assert events[-1]["metadata"]["usage"] == whole["usage"]


def test_a_system_prompt_is_obeyed(runtime: Any) -> None:
    pirate = "Whatever you are asked, answer only with the word BANANA."

    answer = converse(runtime, user("Who are you?"), system=[{"text": pirate}])

    assert "BANANA" in said(answer)


@pytest.mark.anyio
async def test_a_system_message_between_turns_is_told_as_one() -> None:
    no_call: Any = None  # nothing is attached
    order: Any = {"role": "system", "content": [{"text": "Be brief."}]}
    request: Any = {"modelId": "", "messages": [user("Hi"), order, assistant("Hi."), user("So?")]}

    prompt = await read_prompt(request, Attachments(no_call))

    assert [message.role for message in prompt.messages] == ["user", "system", "assistant", "user"]


def test_earlier_turns_are_remembered(runtime: Any) -> None:
    answer = converse(
        runtime,
        user("My dog is called Rex."),
        assistant("What a lovely name!"),
        user("What is my dog called? Answer with one word."),
    )

    assert "Rex" in said(answer)


def test_max_tokens_ends_a_turn(runtime: Any) -> None:
    answer = converse(
        runtime, user("Count from one to a hundred."), inferenceConfig={"maxTokens": 5}
    )

    assert answer["stopReason"] == "max_tokens"
    assert answer["usage"]["outputTokens"] == 5


def test_a_stop_sequence_ends_a_turn_and_is_no_part_of_it(runtime: Any) -> None:
    sampling = {"maxTokens": 60, "temperature": 0.0, "stopSequences": ["4"]}

    answer = converse(
        runtime,
        user("Count from 1 to 9 with commas, digits only, nothing else."),
        inferenceConfig=sampling,
        additionalModelResponseFieldPaths=["/stop_sequence", "/role", "/no/such/place"],
    )

    assert answer["stopReason"] == "stop_sequence"
    assert "3" in said(answer)
    assert "4" not in said(answer)
    assert answer["additionalModelResponseFields"] == {"stop_sequence": "4", "role": "assistant"}


def test_a_stream_tells_native_fields_where_it_stops(runtime: Any) -> None:
    events = stream(runtime, user(CAPITAL), additionalModelResponseFieldPaths=["/stop_reason"])

    assert events[-2] == {
        "messageStop": {
            "stopReason": "end_turn",
            "additionalModelResponseFields": {"stop_reason": "end_turn"},
        }
    }


def test_the_request_says_how_it_was_served_again(runtime: Any) -> None:
    answer = converse(
        runtime,
        user(CAPITAL),
        performanceConfig={"latency": "standard"},
        serviceTier={"type": "default"},
        requestMetadata={"team": "blue"},
    )

    assert answer["performanceConfig"] == {"latency": "standard"}
    assert answer["serviceTier"] == {"type": "default"}


@pytest.mark.parametrize(
    "fields", [{"top_k": 1}, {"inferenceConfig": {"topK": 1}}, {"k": 1}], ids=str
)
def test_one_candidate_makes_hot_sampling_certain(runtime: Any, fields: Any) -> None:
    hot = {"maxTokens": 12, "temperature": 1.0, "topP": 1.0}
    question = user("Name an animal and describe it.")

    answers = {
        said(
            converse(
                runtime,
                question,
                inferenceConfig=hot,
                additionalModelRequestFields={**fields, "seed": seed},
            )
        )
        for seed in (1, 2, 3)
    }

    assert len(answers) == 1


def test_a_schema_shapes_the_answer(runtime: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "inhabitants": {"type": "integer"}},
        "required": ["city", "inhabitants"],
        "additionalProperties": False,
    }

    answer = converse(
        runtime,
        user("Paris has about two million inhabitants."),
        inferenceConfig={"maxTokens": 60, "temperature": 0.0},
        outputConfig={
            "textFormat": {
                "type": "json_schema",
                "structure": {"jsonSchema": {"schema": json.dumps(schema), "name": "city"}},
            }
        },
    )

    value = json.loads(said(answer))
    assert set(value) == {"city", "inhabitants"}
    assert value["city"] == "Paris"
    assert isinstance(value["inhabitants"], int)


def test_a_cached_prefix_is_told_where_cache_points_are(runtime: Any) -> None:
    rules = "Be kind to everybody who asks. " * 40
    system = [{"text": rules}, {"cachePoint": {"type": "default"}}]
    question = user(CAPITAL, {"cachePoint": {"type": "default"}})

    first = converse(runtime, question, system=system)["usage"]
    second = converse(runtime, question, system=system)["usage"]

    assert first["totalTokens"] == sum(first.values()) - first["totalTokens"]
    assert second["cacheWriteInputTokens"] == 0
    assert second["cacheReadInputTokens"] > 200


def test_a_tool_is_asked_for_and_its_result_told(runtime: Any) -> None:
    question = user("What is the weather in Lyon right now?")
    asked = converse(
        runtime,
        question,
        toolConfig=WEATHER,
        inferenceConfig={"maxTokens": 100, "temperature": 0.0},
    )

    use = asked["output"]["message"]["content"][-1]["toolUse"]
    result = {"toolUseId": use["toolUseId"], "content": [{"json": {"sky": "snow", "celsius": -3}}]}
    answer = converse(
        runtime,
        question,
        asked["output"]["message"],
        user({"toolResult": result}),
        toolConfig=WEATHER,
        inferenceConfig={"maxTokens": 100, "temperature": 0.0},
    )

    assert asked["stopReason"] == "tool_use"
    assert (use["name"], use["input"]) == ("get_weather", {"city": "Lyon"})
    assert answer["stopReason"] == "end_turn"
    assert "snow" in said(answer).lower()


def test_a_streamed_tool_use_has_a_start_its_input_and_a_stop(runtime: Any) -> None:
    events = stream(
        runtime,
        user("What is the weather in Lyon right now?"),
        toolConfig={**WEATHER, "toolChoice": {"tool": {"name": "get_weather"}}},
        inferenceConfig={"maxTokens": 100, "temperature": 0.0},
    )

    starts = [event["contentBlockStart"] for event in events if "contentBlockStart" in event]
    pieces = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
    stops = [event["contentBlockStop"] for event in events if "contentBlockStop" in event]
    use = starts[0]["start"]["toolUse"]
    assert len(starts) == len(stops) == 1
    assert use["name"] == "get_weather"
    assert {piece["contentBlockIndex"] for piece in pieces} == {starts[0]["contentBlockIndex"]}
    text = "".join(piece["delta"]["toolUse"]["input"] for piece in pieces)
    assert json.loads(text)["city"] == "Lyon"
    assert events[-2] == {"messageStop": {"stopReason": "tool_use"}}


def test_a_tool_use_that_is_cut_off_has_an_empty_input(runtime: Any) -> None:
    answer = converse(
        runtime,
        user("What is the weather in Lyon right now?"),
        toolConfig={**WEATHER, "toolChoice": {"tool": {"name": "get_weather"}}},
        inferenceConfig={"maxTokens": 2, "temperature": 0.0},
    )

    use = answer["output"]["message"]["content"][0]["toolUse"]
    assert (use["name"], use["input"]) == ("get_weather", {})
    assert answer["stopReason"] == "max_tokens"


def test_no_tool_is_asked_for_where_none_is_needed(runtime: Any) -> None:
    answer = converse(runtime, user(CAPITAL), toolConfig=WEATHER)

    assert "Paris" in said(answer)
    assert answer["stopReason"] == "end_turn"


def test_what_another_model_thought_and_cited_may_stand_in_the_history(runtime: Any) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "abc"}}}
    cited = {"citationsContent": {"content": [{"text": "Your cat is called Tom."}]}}

    answer = converse(
        runtime,
        user("What is my cat called?"),
        assistant(thought, cited),
        user("Say it again in one word, only the name."),
    )

    assert "Tom" in said(answer)


def test_a_guardrail_is_refused_rather_than_passed_over(runtime: Any) -> None:
    with pytest.raises(ClientError, match="The guardrail gr1 cannot be applied"):
        converse(
            runtime,
            user("Hi"),
            guardrailConfig={"guardrailIdentifier": "gr1", "guardrailVersion": "1"},
        )


def test_a_model_that_never_streamed_converses_and_does_not_stream(runtime: Any) -> None:
    model_id = "ai21.j2-ultra-v1"

    answer = converse(runtime, user(CAPITAL), modelId=model_id)

    assert "Paris" in said(answer)
    with pytest.raises(ClientError, match="The model is unsupported for streaming"):
        stream(runtime, user(CAPITAL), modelId=model_id)
