"""TranslateDocument: a document in another language, its form kept.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslateDocument.html
"""

from outcrop.engines.translation.register_words import LANGUAGES as WITH_FORMALITY
from outcrop.operations import Call, operation
from outcrop.services.translate import shapes
from outcrop.services.translate.document_kinds import AT_ONCE, KINDS
from outcrop.services.translate.document_texts import passages_of, written
from outcrop.services.translate.sources import pair_of
from outcrop.services.translate.translating import manner_of, translated

ENGLISH = "en"


@operation("TranslateDocument")
async def translate_document(
    call: Call, request: shapes.TranslateDocumentRequest
) -> shapes.TranslateDocumentResponse:
    """Answer with the document in the target language."""
    document, settings = request["Document"], request.get("Settings", {})
    kind = KINDS.get(document["ContentType"].lower())
    if kind not in AT_ONCE:
        raise shapes.InvalidRequestException(
            f"The content type {document['ContentType']} is not supported."
        )
    if settings.get("Brevity"):
        raise shapes.InvalidRequestException("Brevity is not supported for documents.")
    target = request["TargetLanguageCode"]
    if settings.get("Formality") and target not in WITH_FORMALITY:
        raise shapes.InvalidRequestException(
            f"The target language {target} does not support formality."
        )
    manner = await manner_of(call, request)
    passages = await passages_of(call, document["Content"], kind)
    text = " ".join(run for passage in passages for run in passage.runs)
    pair = await pair_of(call, text, request["SourceLanguageCode"], target)
    done = await translated(call, passages, pair, manner)
    answer: shapes.TranslateDocumentResponse = {
        "TranslatedDocument": {
            "Content": await written(call, document["Content"], kind, done.passages)
        },
        "SourceLanguageCode": pair.source,
        "TargetLanguageCode": pair.target,
    }
    done.tell(answer)
    return answer
