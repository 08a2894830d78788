"""Application Auto Scaling: targets that are scaled by policies, and scheduled actions."""

from outcrop.operations import Service
from outcrop.services.application_autoscaling import (
    activities,
    scalable_targets,
    scaling_policies,
    scheduled_actions,
    tags,
)
from outcrop.services.application_autoscaling.scaling import resume

SERVICE = Service.of(
    "application-autoscaling",
    scalable_targets,
    scaling_policies,
    scheduled_actions,
    activities,
    tags,
    on_start=resume,
)
