"""Tags in CloudWatch's words."""

from outcrop.operations.tags import TagRules
from outcrop.services.cloudwatch import shapes

new_tags = TagRules(
    reserved=lambda key: shapes.InvalidParameterValueException(
        f"Tag keys must not start with aws: ({key})"
    ),
    repeated=lambda key: shapes.InvalidParameterValueException(f"Tag keys must be unique ({key})"),
    too_many=lambda _: shapes.InvalidParameterValueException(
        "The resource must not have more than 50 tags."
    ),
).together
