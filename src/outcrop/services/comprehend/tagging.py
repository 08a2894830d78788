"""Tags in Comprehend's words.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/tagging.html
"""

from outcrop.operations.tags import TagRules
from outcrop.services.comprehend import shapes

checked_tags = TagRules(
    reserved=lambda key: shapes.InvalidRequestException(
        f"The tag key {key} is reserved: keys must not start with aws:."
    ),
    repeated=lambda key: shapes.InvalidRequestException(f"The tag key {key} occurs twice."),
    too_many=lambda _: shapes.TooManyTagsException(
        "The request contains too many tags: a resource can have up to 50."
    ),
).together
