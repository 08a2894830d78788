import json

from langchain_aws import BedrockEmbeddings, ChatBedrockConverse
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"


@tool
def get_weather(city: str) -> str:
    """Get the present weather in a city."""
    return f"It is raining in {city}, 11 degrees."


class Capital(BaseModel):
    """The capital of a country."""

    country: str
    capital: str


def text_of(message):
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content)


chat = ChatBedrockConverse(model=MODEL, temperature=0, max_tokens=100)
question = "What is the capital of France? One word."
whole = text_of(chat.invoke(question))
streamed = [text_of(chunk) for chunk in chat.stream("Count from 1 to 5.")]

messages = [HumanMessage("What is the weather in Toulouse now? Use the tool.")]
with_tools = chat.bind_tools([get_weather])
asked = with_tools.invoke(messages)
messages.append(asked)
for call in asked.tool_calls:
    messages.append(ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]))
told = text_of(with_tools.invoke(messages))

structured = chat.with_structured_output(Capital).invoke("What is the capital of Italy?")
embeddings = BedrockEmbeddings(model_id="amazon.titan-embed-text-v2:0")
vectors = embeddings.embed_documents(["Le chat dort.", "The cat is sleeping.", "Tax law of 1998"])

print(
    json.dumps(
        {
            "whole": whole,
            "pieces": len([piece for piece in streamed if piece]),
            "streamed": "".join(streamed),
            "tool_calls": [{"name": it["name"], "args": it["args"]} for it in asked.tool_calls],
            "told": told,
            "structured": structured.model_dump(),
            "vectors": vectors,
        }
    )
)
