import json

from anthropic import AnthropicBedrock

client = AnthropicBedrock(max_retries=0)
request = {
    "model": "anthropic.claude-3-haiku-20240307-v1:0",
    "max_tokens": 20,
    "messages": [{"role": "user", "content": "What is the capital of France? One word."}],
}
whole = client.messages.create(**request)
with client.messages.stream(**request) as stream:
    streamed = "".join(stream.text_stream)
    final = stream.get_final_message()
print(
    json.dumps(
        {
            "whole": whole.content[0].text,
            "stop_reason": whole.stop_reason,
            "streamed": streamed,
            "output_tokens": final.usage.output_tokens,
        }
    )
)
