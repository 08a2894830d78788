import boto3, json

bedrock = boto3.client('bedrock-runtime')
response = bedrock.invoke_model(
    modelId='anthropic.claude-3-sonnet',
    body=json.dumps({
        "messages": [{"role": "user", "content": "Explique le cloud"}]
    })
)
