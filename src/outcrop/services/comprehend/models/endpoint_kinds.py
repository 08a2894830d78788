"""The two kinds of endpoints: each serves models of one kind."""

from dataclasses import dataclass

from outcrop.operations import Call
from outcrop.services.comprehend import arns, document_classifiers, entity_recognizers, shapes
from outcrop.services.comprehend.flywheel.resources import FLYWHEELS
from outcrop.services.comprehend.flywheel.versions import active_model
from outcrop.services.comprehend.models.custom_models import CustomModels
from outcrop.storage.records.interface import Record, Scope


@dataclass(frozen=True, slots=True)
class EndpointKind:
    """Endpoints that serve models of one kind; their records are named as they are."""

    models: CustomModels

    @property
    def kind(self) -> str:
        """As ARNs have it: `document-classifier-endpoint`."""
        return f"{self.models.kind}-endpoint"

    def scope(self, call: Call) -> Scope:
        """Return where the caller's endpoints are."""
        return Scope(call.account, call.region, "comprehend", self.kind)

    def arn(self, call: Call, name: str) -> str:
        """Return the ARN of an endpoint."""
        return call.arn(f"{self.kind}/{name}", service="comprehend")

    async def find(self, call: Call, arn: str) -> Record | None:
        """Return an endpoint, or `None`."""
        return await arns.seek(call, self, arn)

    async def model_of(self, call: Call, endpoint_arn: str) -> Record:
        """Return the model that an endpoint serves.

        Raises:
            ResourceUnavailableException: There is no such endpoint, or its model is gone.
        """
        endpoint = await self.find(call, endpoint_arn)
        if endpoint is None:
            raise shapes.ResourceUnavailableException(f"There is no endpoint {endpoint_arn}.")
        model = await model_at(call, endpoint)
        try:
            return await self.models.find_trained(call, model)
        except shapes.ResourceNotFoundException as error:
            gone = model or endpoint.document["flywheel"]
            raise shapes.ResourceUnavailableException(
                f"What the endpoint serves is gone: {gone}."
            ) from error


async def model_at(call: Call, endpoint: Record) -> str:
    """Return the ARN of the model that an endpoint serves: of a flywheel, its active version.

    Empty: the flywheel is gone.
    """
    if endpoint.document["model"]:
        return str(endpoint.document["model"])
    try:
        flywheel = await FLYWHEELS.find(call, endpoint.document["flywheel"])
    except shapes.ResourceNotFoundException:
        return ""
    return await active_model(call.backends.records, flywheel)


CLASSIFIERS = EndpointKind(document_classifiers.MODELS)
RECOGNIZERS = EndpointKind(entity_recognizers.MODELS)
ENDPOINT_KINDS = (CLASSIFIERS, RECOGNIZERS)
