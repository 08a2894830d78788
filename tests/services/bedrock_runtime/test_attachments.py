"""Documents in conversations, from bytes and from S3."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.documents import docx_of, pdf_of, xlsx_of
from tests.services.bedrock_runtime.conversing import GREEDY, MODEL, said, user
from tests.services.bedrock_runtime.invoking import invoke, refusal

FACT = "The secret code word is heron."
QUESTION = "What is the secret code word in the document? Answer with that word only."
DOCUMENTS = {
    "pdf": pdf_of("Minutes of the meeting.", FACT),
    "docx": docx_of(["Minutes", FACT], [["who", "what"], ["Ada", "tea"]]),
    "xlsx": xlsx_of({"Notes": [["note"], [FACT]]}),
    "csv": f"number,note\n1,{FACT}\n".encode(),
    "html": f"<html><body><h1>Minutes</h1><p>{FACT}</p></body></html>".encode(),
    "txt": FACT.encode(),
    "md": f"# Minutes\n\n- {FACT}\n".encode(),
}


def document(kind: str, source: Any, name: str = "Minutes") -> dict[str, Any]:
    return {"document": {"format": kind, "name": name, "source": source}}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_is_read_by_the_model(runtime: Any, kind: str) -> None:
    answer = runtime.converse(
        modelId=MODEL,
        messages=[user(document(kind, {"bytes": DOCUMENTS[kind]}), QUESTION)],
        inferenceConfig=GREEDY,
    )

    assert "heron" in said(answer).lower()


def test_a_document_in_s3_is_read_by_the_model(
    client: Callable[..., Any], runtime: Any, account: str
) -> None:
    s3, bucket = client("s3"), f"papers-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="2026/minutes.pdf", Body=DOCUMENTS["pdf"])
    location = {"s3Location": {"uri": f"s3://{bucket}/2026/minutes.pdf"}}

    answer = runtime.converse(
        modelId=MODEL,
        messages=[user(document("pdf", location), QUESTION)],
        inferenceConfig=GREEDY,
    )

    assert "heron" in said(answer).lower()


def test_anthropics_and_novas_own_documents_are_read(runtime: Any) -> None:
    data = base64.b64encode(DOCUMENTS["pdf"]).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    claude = {
        "max_tokens": 16,
        "temperature": 0,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "document", "source": source, "title": "Minutes"},
                    {"type": "text", "text": QUESTION},
                ],
            }
        ],
    }
    nova = {
        "inferenceConfig": {"maxTokens": 16, "temperature": 0},
        "messages": [
            {
                "role": "user",
                "content": [document("pdf", {"bytes": data}), {"text": QUESTION}],
            }
        ],
    }

    from_claude = invoke(runtime, MODEL, claude)["content"][0]["text"]
    from_nova = invoke(runtime, "amazon.nova-pro-v1:0", nova)["output"]["message"]["content"]

    assert "heron" in from_claude.lower()
    assert "heron" in from_nova[0]["text"].lower()


def test_texts_and_search_results_are_told_as_they_are(runtime: Any) -> None:
    found = {
        "searchResult": {
            "source": "https://intranet.example/minutes",
            "title": "Minutes",
            "content": [{"text": FACT}],
        }
    }
    for block in (document("txt", {"text": FACT}), found):
        answer = runtime.converse(
            modelId=MODEL, messages=[user(block, QUESTION)], inferenceConfig=GREEDY
        )

        assert "heron" in said(answer).lower()


@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        ("doc", {"bytes": b"x"}, "Documents in the doc format are not read here; convert them to"),
        ("xls", {"bytes": b"x"}, "Documents in the xls format are not read here; convert them to"),
        ("pdf", {"bytes": b"x"}, "The document Minutes: The PDF is damaged"),
        (
            "pdf",
            {"s3Location": {"uri": "s3://nowhere/a.pdf"}},
            "s3://nowhere/a.pdf cannot be read: The specified bucket does not exist",
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_said(
    runtime: Any, kind: str, source: Any, words: str
) -> None:
    refused = refusal(
        runtime.converse,
        modelId=MODEL,
        messages=[user(document(kind, source), QUESTION)],
    )

    assert refused.startswith(words)
