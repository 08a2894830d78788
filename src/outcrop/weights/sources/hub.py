"""Files of repositories on the Hugging Face hub, over its plain HTTP interface.

Source: https://huggingface.co/docs/hub/models-downloading
"""

from urllib.parse import quote

from outcrop.weights.catalog import HubSource


def hub_url(endpoint: str, source: HubSource) -> str:
    """Return the address of a file at its pinned revision."""
    place = f"{source.repository}/resolve/{quote(source.revision, safe='')}/{source.path}"
    return f"{endpoint.rstrip('/')}/{quote(place, safe='/%')}"
