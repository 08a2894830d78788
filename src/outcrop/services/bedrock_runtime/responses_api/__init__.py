"""OpenAI's Responses API: conversations as items, remembered from one response to the next."""
