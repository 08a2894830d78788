"""Where Polly's records are, and their tags."""

from outcrop.operations import Call
from outcrop.operations.tags import MOST_TAGS, TagRules
from outcrop.services.polly import shapes
from outcrop.storage.records.interface import Record, Scope

SERVICE = "polly"
LEXICON = "lexicon"
checked_tags = TagRules(
    reserved=lambda key: shapes.InvalidTagParameterException(
        f"Tag keys cannot start with aws:, as {key}."
    ),
    too_many=lambda _: shapes.TooManyTagsException(f"A resource has at most {MOST_TAGS} tags."),
).together


def scope(call: Call, kind: str) -> Scope:
    """Return where the records of a kind are, of the caller's account and region."""
    return Scope(call.account, call.region, SERVICE, kind)


async def find_lexicon(call: Call, name: str) -> Record:
    """Return a lexicon's record.

    Raises:
        LexiconNotFoundException: There is none of this name.
    """
    record = await call.backends.records.find(scope(call, LEXICON), name)
    if record is None:
        raise shapes.LexiconNotFoundException("Lexicon not found")
    return record
