import json

import litellm

MODEL = "bedrock/anthropic.claude-3-haiku-20240307-v1:0"
messages = [{"role": "user", "content": "What is the capital of France? One word."}]
whole = litellm.completion(model=MODEL, messages=messages, max_tokens=20, temperature=0)
pieces = litellm.completion(
    model=MODEL, messages=messages, max_tokens=20, temperature=0, stream=True
)
streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces)
embedded = litellm.embedding(model="bedrock/amazon.titan-embed-text-v2:0", input=["bonjour"])
print(
    json.dumps(
        {
            "whole": whole.choices[0].message.content,
            "tokens": whole.usage.total_tokens,
            "streamed": streamed,
            "dimensions": len(embedded.data[0]["embedding"]),
        }
    )
)
