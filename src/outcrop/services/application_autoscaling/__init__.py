"""Application Auto Scaling: targets, policies and scheduled actions, as records."""

from outcrop.operations import Service
from outcrop.services.application_autoscaling import (
    scalable_targets,
    scaling_policies,
    scheduled_actions,
    tags,
)

SERVICE = Service.of(
    "application-autoscaling", scalable_targets, scaling_policies, scheduled_actions, tags
)
