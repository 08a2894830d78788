"""Tags in CloudWatch Logs' words."""

from outcrop.operations.tags import TagRules
from outcrop.services.logs import shapes

new_tags = TagRules(
    reserved=lambda key: shapes.InvalidParameterException(
        f"Tag keys must not start with aws: ({key})"
    ),
    too_many=lambda name: shapes.TooManyTagsException(
        "The resource has too many tags.", resourceName=name
    ),
).together
