aws bedrock-runtime converse --model-id mistral.mixtral-8x7b-instruct-v0:1 \
  --messages '[{"role":"user","content":[{"text":"Explain the cloud in one sentence."}]}]'
