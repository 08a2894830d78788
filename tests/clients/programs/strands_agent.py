import json

from strands import Agent, tool
from strands.models import BedrockModel

asked = []


@tool
def get_weather(city: str) -> str:
    """Get the present weather in a city.

    Args:
        city: Name of the city.
    """
    asked.append(city)
    return f"It is raining in {city}, 11 degrees."


model = BedrockModel(
    model_id="anthropic.claude-3-haiku-20240307-v1:0", temperature=0.0, max_tokens=100
)
agent = Agent(model=model, tools=[get_weather], callback_handler=None)
answer = agent("What is the weather in Toulouse now? Use the tool.")
print(json.dumps({"asked": asked, "answer": str(answer)}))
