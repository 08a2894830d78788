"""What Textract does when the server starts: go on with its jobs; and the blobs that it keeps."""

from collections.abc import Set as AbstractSet

from outcrop.operations import Backends, service_jobs
from outcrop.operations.event_delivery import deliver_soon
from outcrop.services.textract import job_results
from outcrop.services.textract.async_jobs import SERVICE
from outcrop.services.textract.document_analysis_jobs import DOCUMENT_ANALYSIS
from outcrop.services.textract.expenses import EXPENSE_ANALYSIS
from outcrop.services.textract.lending import LENDING_ANALYSIS
from outcrop.services.textract.text_detection_jobs import TEXT_DETECTION

FAMILIES = (
    TEXT_DETECTION.family,
    DOCUMENT_ANALYSIS.family,
    EXPENSE_ANALYSIS.family,
    LENDING_ANALYSIS.family,
)


async def resume(backends: Backends) -> None:
    """Go on with jobs and with the news of those that have ended."""
    deliver_soon(backends)
    await service_jobs.resume(backends, *FAMILIES)


async def live_blobs(backends: Backends, account: str | None = None) -> AbstractSet[str]:
    """Return the ids of the blobs that hold results."""
    kinds = [family.kind for family in FAMILIES]
    return await job_results.live_blobs(backends, SERVICE, kinds, account)
