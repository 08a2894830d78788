"""Short texts in languages that the chat model knows, and a terminology."""

from collections.abc import Mapping
from typing import Any

from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return texts, languages and files that do not contradict themselves."""
    del account
    return {
        "Text": "Yes.",
        "SourceLanguageCode": "en",
        "TargetLanguageCode": "en",
        "TerminologyNames": ["terms"],
        "ImportTerminology.Name": "terms",
        "GetTerminology.Name": "terms",
        "DeleteTerminology.Name": "terms",
        "TerminologyData": {
            "File": b"en,fr\ncloud,nuage\n",
            "Format": "CSV",
            "Directionality": "UNI",
        },
        "TerminologyDataFormat": "TMX",
        "Document": {"Content": b"Yes.", "ContentType": "text/plain"},
    }


STEPS = Steps(
    values=values,
    makers={
        "DeleteTerminology.Name": Maker("ImportTerminology"),
        "GetTerminology.Name": Maker("ImportTerminology"),
        "TerminologyNames": Maker("ImportTerminology"),
    },
    before={"ListTerminologies": ("ImportTerminology",)},
)
RECIPE = Recipe(prepare=STEPS, without={"": ("NextToken",)})
