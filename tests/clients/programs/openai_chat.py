import json
import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ["AWS_ENDPOINT_URL"] + "/openai/v1", api_key="any", max_retries=0
)
request = {
    "model": "openai.gpt-oss-20b-1:0",
    "max_completion_tokens": 20,
    "temperature": 0,
    "messages": [{"role": "user", "content": "What is the capital of France? One word."}],
}
whole = client.chat.completions.create(**request)
chunks = client.chat.completions.create(
    **request, stream=True, stream_options={"include_usage": True}
)
streamed, total = "", 0
for chunk in chunks:
    if chunk.choices:
        streamed += chunk.choices[0].delta.content or ""
    if chunk.usage:
        total = chunk.usage.total_tokens
print(
    json.dumps(
        {
            "whole": whole.choices[0].message.content,
            "finish_reason": whole.choices[0].finish_reason,
            "streamed": streamed,
            "same_usage": total == whole.usage.total_tokens,
        }
    )
)
