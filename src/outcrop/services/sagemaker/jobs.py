"""All kinds of jobs that run programs."""

from collections.abc import Sequence

from outcrop.operations import Backends
from outcrop.services.sagemaker.compiling.kind import CompilationKind
from outcrop.services.sagemaker.processing.kind import ProcessingKind
from outcrop.services.sagemaker.running import supervision
from outcrop.services.sagemaker.running.kind import JobKind
from outcrop.services.sagemaker.training import pool_caches
from outcrop.services.sagemaker.training.kind import TrainingKind
from outcrop.services.sagemaker.transforming.kind import TransformKind

KINDS: Sequence[JobKind] = (TrainingKind(), ProcessingKind(), TransformKind(), CompilationKind())


async def resume(backends: Backends) -> None:
    """Go on with what an earlier server left unfinished."""
    await supervision.resume(backends, KINDS)
    await pool_caches.resume(backends)


async def empty(backends: Backends, account: str) -> None:
    """End the jobs of an account that is being emptied."""
    await supervision.empty(backends, account, KINDS)
    await pool_caches.empty(backends, account)
