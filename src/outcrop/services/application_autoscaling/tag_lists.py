"""Tags in Application Auto Scaling's words."""

from outcrop.operations.tags import TagRules
from outcrop.services.application_autoscaling import shapes

new_tags = TagRules(
    reserved=lambda key: shapes.ValidationException(f"Tag keys must not start with aws: ({key})"),
    too_many=lambda arn: shapes.TooManyTagsException(
        "The resource has too many tags.", ResourceName=arn
    ),
).together
