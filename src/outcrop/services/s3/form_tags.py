"""Tags in a form: the one field of it that is XML."""

import re
from html import unescape

from outcrop.services.s3.errors import MalformedXmlError
from outcrop.services.s3.tag_sets import MOST_OBJECT_TAGS, checked_tags, pairs_of

_DOCUMENT = re.compile(
    r"\s*(?:<\?xml[^>]*\?>)?\s*<Tagging[^>]*>\s*<TagSet>(?P<tags>.*)</TagSet>\s*</Tagging>\s*",
    re.DOTALL,
)
_TAG = re.compile(r"\s*<Tag>\s*<Key>([^<]*)</Key>\s*<Value>([^<]*)</Value>\s*</Tag>\s*", re.DOTALL)


def tags_in_form(text: str) -> list[list[str]]:
    """Return the tags of the field `tagging`, as an object keeps them.

    The document has two levels and no attributes, so patterns read it: no XML parser, no entities.

    Raises:
        MalformedXmlError: It is no tag set.
    """
    found = _DOCUMENT.fullmatch(text)
    if found is None or _TAG.sub("", found["tags"]):
        raise MalformedXmlError
    tags = [
        {"Key": unescape(key), "Value": unescape(value)}
        for key, value in _TAG.findall(found["tags"])
    ]
    return pairs_of(checked_tags(tags, most=MOST_OBJECT_TAGS))
