// The JavaScript SDK opens cleartext HTTP/2 to Bedrock Runtime.
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({});
const answer = await client.send(
  new ConverseStreamCommand({
    modelId: "anthropic.claude-3-haiku-20240307-v1:0",
    messages: [{ role: "user", content: [{ text: "What is the capital of France? One word." }] }],
    inferenceConfig: { maxTokens: 20, temperature: 0 },
  }),
);
let text = "";
let stopReason = null;
for await (const event of answer.stream) {
  text += event.contentBlockDelta?.delta?.text ?? "";
  stopReason ??= event.messageStop?.stopReason;
}
client.destroy();
console.log(JSON.stringify({ text, stopReason }));
