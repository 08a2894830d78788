"""What SageMaker does when the server starts, and when an account is emptied."""

from outcrop.operations import Backends
from outcrop.services.sagemaker import jobs
from outcrop.services.sagemaker.automl.supervision import AUTOML
from outcrop.services.sagemaker.components import supervision as components
from outcrop.services.sagemaker.hosting import supervision as endpoints
from outcrop.services.sagemaker.jumpstart import bucket as jumpstart
from outcrop.services.sagemaker.mlflow import supervision as trackers
from outcrop.services.sagemaker.recommending import supervision as recommenders
from outcrop.services.sagemaker.tuning.supervision import TUNING


async def resume(backends: Backends) -> None:
    """Take up all work that an earlier server left."""
    await jobs.resume(backends)
    await TUNING.resume(backends)
    await AUTOML.resume(backends)
    await endpoints.resume(backends, kept=await components.resume(backends))
    await recommenders.resume(backends)
    await jumpstart.refresh(backends)
    await trackers.resume(backends)


async def empty(backends: Backends, account: str) -> None:
    """End what runs for an account that is being emptied."""
    await TUNING.empty(backends, account)
    await AUTOML.empty(backends, account)
    await jobs.empty(backends, account)
    await components.empty(backends, account)
    await recommenders.empty(backends, account)
    await endpoints.empty(backends, account)
    await trackers.empty(backends, account)
