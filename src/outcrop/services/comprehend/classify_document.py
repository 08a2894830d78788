"""ClassifyDocument: which of a custom classifier's classes a text, or a page, is of.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_ClassifyDocument.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.documents.page import PAGE
from outcrop.services.comprehend.documents.reading import read_input
from outcrop.services.comprehend.models.classifying import classes_of
from outcrop.services.comprehend.models.endpoint_kinds import CLASSIFIERS
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, engine_errors


@operation("ClassifyDocument")
async def classify_document(
    call: Call, request: shapes.ClassifyDocumentRequest
) -> shapes.ClassifyDocumentResponse:
    """Answer with all classes or labels of the endpoint's model, the likeliest first."""
    model = await CLASSIFIERS.model_of(call, request["EndpointArn"])
    document = await read_input(call, request, limit=LONG_TEXT_BYTES)
    with engine_errors():
        found = (await classes_of(call, [document.text], model))[0] if document.text else {}
    if document.kind is not None:
        found = {name: [{**each, "Page": PAGE} for each in told] for name, told in found.items()}
    answer: Any = {**found, **document.members()}
    return answer
