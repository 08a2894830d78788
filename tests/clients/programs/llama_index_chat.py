import json
import os

from llama_index.core.llms import ChatMessage
from llama_index.llms.bedrock_converse import BedrockConverse

llm = BedrockConverse(
    model="anthropic.claude-3-haiku-20240307-v1:0",
    region_name=os.environ["AWS_REGION"],
    temperature=0,
    max_tokens=60,
)
question = [ChatMessage(role="user", content="What is the capital of France? One word.")]
whole = llm.chat(question).message.content
pieces = [piece.delta for piece in llm.stream_chat(question)]
print(json.dumps({"whole": whole, "streamed": "".join(piece or "" for piece in pieces)}))
