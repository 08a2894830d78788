"""TranslateText: a text in another language.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslateText.html
"""

from outcrop.engines.translation.interface import Passage
from outcrop.operations import Call, operation
from outcrop.services.translate import shapes
from outcrop.services.translate.sources import pair_of
from outcrop.services.translate.translating import manner_of, translated

MOST_BYTES = 10_000


@operation("TranslateText")
async def translate_text(
    call: Call, request: shapes.TranslateTextRequest
) -> shapes.TranslateTextResponse:
    """Answer with the text in the target language."""
    text = request["Text"]
    if (size := len(text.encode())) > MOST_BYTES:
        raise shapes.TextSizeLimitExceededException(
            f"Input text size exceeds limit. Max length of request text allowed is {MOST_BYTES}"
            f" bytes while in this request the text size is {size} bytes"
        )
    manner = await manner_of(call, request)
    pair = await pair_of(call, text, request["SourceLanguageCode"], request["TargetLanguageCode"])
    done = await translated(call, [Passage([text])], pair, manner)
    answer: shapes.TranslateTextResponse = {
        "TranslatedText": done.passages[0][0],
        "SourceLanguageCode": pair.source,
        "TargetLanguageCode": pair.target,
    }
    done.tell(answer)
    return answer
