"""Which engine answers: the operator's own model, or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.translation_models import END, make_model, make_pieces


@pytest.fixture
def translate(tmp_path: Path) -> Iterator[Any]:
    """A client of a server that has one small model and no weights."""
    folder = tmp_path / "model"
    folder.mkdir()
    source = make_pieces(folder / "source.spm", ["hello world"])
    target = make_pieces(folder / "target.spm", ["salut tous"])
    make_model(folder, [*source, *target], {END: "▁salut", "▁salut": "▁tous"})
    config = tmp_path / "outcrop.toml"
    config.write_text(
        f'[weights]\ndirectory = "{tmp_path / "weights"}"\n'
        f'[translation.models.mine]\nfolder = "{folder}"\npairs = ["en-fr"]\n',
        encoding="utf-8",
    )
    with LocalServer(
        tmp_path / "data", settings={"OUTCROP_CONFIG": str(config)}
    ).running() as server:
        once = Config(retries={"total_max_attempts": 1})
        yield client_of(server, "translate", config=once)


def test_the_operators_model_translates_and_no_other_is_invented(translate: Any):
    answer = translate.translate_text(
        Text="hello world 7", SourceLanguageCode="en", TargetLanguageCode="fr"
    )
    with pytest.raises(ClientError) as caught:
        translate.translate_text(Text="hello", SourceLanguageCode="en", TargetLanguageCode="ja")

    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    error = caught.value.response["Error"]
    assert (answer["TranslatedText"], headers["x-outcrop-model"]) == ("salut tous 7", "mine")
    assert error["Code"] == "ServiceUnavailableException"
    assert "outcrop models pull default" in error["Message"]
    codes = [one["LanguageCode"] for one in translate.list_languages()["Languages"]]
    assert {"auto", "en", "fr", "fr-CA"} <= set(codes)


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("CSV", "en,fr\nhello,coucou\n"),
        ("TSV", "en\tfr\nhello\tcoucou\n"),
        (
            "TMX",
            '<tmx version="1.4"><header srclang="en"/><body><tu>'
            '<tuv xml:lang="en"><seg>hello</seg></tuv>'
            '<tuv xml:lang="fr"><seg>coucou</seg></tuv></tu></body></tmx>',
        ),
    ],
)
def test_terms_of_every_format_are_applied(translate: Any, form: str, file: str):
    translate.import_terminology(
        Name="terms",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": file.encode(), "Format": form},
    )

    answer = translate.translate_text(
        Text="hello world",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
        TerminologyNames=["terms"],
    )

    assert "coucou" in answer["TranslatedText"].lower()
    assert answer["AppliedTerminologies"] == [
        {"Name": "terms", "Terms": [{"SourceText": "hello", "TargetText": "coucou"}]}
    ]
