"""Tags in ECR's words."""

from outcrop.operations.tags import TagRules
from outcrop.services.ecr import shapes

new_tags = TagRules(
    reserved=lambda key: shapes.InvalidTagParameterException(
        f"Invalid parameter at 'tagKeys' failed to satisfy constraint: 'Tag key {key} must not"
        " start with aws:'"
    ),
    repeated=lambda key: shapes.InvalidTagParameterException(
        f"Invalid parameter at 'tags' failed to satisfy constraint: 'Duplicate key {key}'"
    ),
    too_many=lambda _: shapes.TooManyTagsException(
        "The list of tags on the repository is over the limit. The maximum number of tags that can"
        " be applied to a repository is 50."
    ),
).together
