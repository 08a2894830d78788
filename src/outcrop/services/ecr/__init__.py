"""Amazon Elastic Container Registry: repositories and images, as records."""

from outcrop.operations import Service
from outcrop.services.ecr import authorization, images, policies, repositories, tags
from outcrop.services.ecr.quirks import EcrQuirks

SERVICE = Service.of("ecr", repositories, images, policies, authorization, tags, quirks=EcrQuirks())
