"""ListLanguages: the languages that an engine of this machine translates from or into.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_ListLanguages.html
"""

from outcrop.engines.workers.engine import EngineError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.services.translate import shapes
from outcrop.services.translate.language_codes import AUTO, base, names

MOST = 500
DEFAULT_DISPLAY = "en"


@operation("ListLanguages")
async def list_languages(
    call: Call, request: shapes.ListLanguagesRequest
) -> shapes.ListLanguagesResponse:
    """Answer with the languages in the order of their codes, `auto` among them."""
    display = request.get("DisplayLanguageCode", DEFAULT_DISPLAY)
    try:
        covered = call.backends.engines.translation.languages()
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
    found = {code: called[display] for code, called in names().items() if base(code) in covered} | {
        AUTO: "Auto"
    }
    page = page_of(
        sorted(found),
        key=lambda code: code,
        page=PageRequest(
            limit=request.get("MaxResults", MOST),
            token=request.get("NextToken"),
            error=shapes.InvalidParameterValueException("The NextToken is invalid."),
        ),
    )
    answer: shapes.ListLanguagesResponse = {
        "Languages": [{"LanguageName": found[one], "LanguageCode": one} for one in page.items],
        "DisplayLanguageCode": display,
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer
