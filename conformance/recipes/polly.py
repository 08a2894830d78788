"""A short text, in a voice and a format that are there; a lexicon; a task that speaks it."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe

SPEECH = {"Text": "Hi.", "TextType": "text", "VoiceId": "Joanna", "Engine": "neural"}
FORMAT = {"OutputFormat": "mp3", "SampleRate": "24000", "LanguageCode": "en-US"}
BUCKET = "speeches"
LEXICON = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"
 alphabet="ipa" xml:lang="en-US">
<lexeme><grapheme>W3C</grapheme><alias>World Wide Web</alias></lexeme></lexicon>"""


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make what an operation asks for, and give what a request needs to be spoken."""
    if "Task" in operation:
        return _task(client, operation)
    values: dict[str, Any] = {**SPEECH, **FORMAT, "Content": LEXICON, "Name": "w3c"}
    if operation == "StartSpeechSynthesisStream":
        return {**values, "Engine": "generative"}
    if operation in ("DescribeVoices", "PutLexicon"):
        return values
    client.ask("PutLexicon", Name="w3c", Content=LEXICON, Tags={"team": "web"})
    arn = client.ask("GetLexicon", Name="w3c")["LexiconAttributes"]["LexiconArn"]
    return {**values, "LexiconNames": ["w3c"], "ResourceArn": arn, "TagKeys": ["team"]}


def _task(client: Client, operation: str) -> Mapping[str, Any]:
    bucket = f"{BUCKET}-{account_in_force()}"
    client.of("s3").ask("CreateBucket", Bucket=bucket)
    values: dict[str, Any] = {**SPEECH, **FORMAT, "OutputS3BucketName": bucket}
    if operation == "GetSpeechSynthesisTask":
        task = client.ask("StartSpeechSynthesisTask", **values)["SynthesisTask"]
        return {"TaskId": task["TaskId"]}
    return values


RECIPE = Recipe(
    prepare=prepare,
    without={
        "": ("NextToken",),
        "StartSpeechSynthesisStream": ("LexiconNames",),
        "SynthesizeSpeech": ("SpeechMarkTypes",),
        "StartSpeechSynthesisTask": ("SpeechMarkTypes", "LexiconNames"),
    },
)
