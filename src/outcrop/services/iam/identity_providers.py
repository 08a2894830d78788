"""OpenID Connect providers, whose tokens AssumeRoleWithWebIdentity takes.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from outcrop.operations import Call, operation
from outcrop.operations.records import change, every
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import iam_arn, scope
from outcrop.services.iam.tag_lists import new_tags, shown_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)

PROVIDER = "oidc-provider"
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


@operation("CreateOpenIDConnectProvider")
async def create_open_id_connect_provider(
    call: Call, request: shapes.CreateOpenIDConnectProviderRequest
) -> shapes.CreateOpenIDConnectProviderResponse:
    """Trust the tokens of an issuer."""
    url = _checked_url(request["Url"])
    document: Document = {
        "url": request["Url"],
        "clients": request.get("ClientIDList", []),
        "thumbprints": request.get("ThumbprintList", []),
        "created": call.backends.now().replace(microsecond=0),
        "tags": new_tags(request.get("Tags", [])),
    }
    try:
        await call.backends.records.write(
            Create(scope=scope(call, PROVIDER), name=url, document=document)
        )
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"Provider with url {request['Url']} already exists."
        ) from error
    answer: shapes.CreateOpenIDConnectProviderResponse = {
        "OpenIDConnectProviderArn": _arn(call, url)
    }
    if document["tags"]:
        answer["Tags"] = shown_tags(document["tags"])
    return answer


@operation("GetOpenIDConnectProvider")
async def get_open_id_connect_provider(
    call: Call, request: shapes.GetOpenIDConnectProviderRequest
) -> shapes.GetOpenIDConnectProviderResponse:
    """Answer with a provider's issuer and clients."""
    provider = await find_provider(call, request["OpenIDConnectProviderArn"])
    answer: shapes.GetOpenIDConnectProviderResponse = {
        "Url": provider.name,
        "ClientIDList": provider.document["clients"],
        "ThumbprintList": provider.document["thumbprints"],
        "CreateDate": provider.document["created"],
    }
    if provider.document["tags"]:
        answer["Tags"] = shown_tags(provider.document["tags"])
    return answer


@operation("ListOpenIDConnectProviders")
async def list_open_id_connect_providers(
    call: Call, request: shapes.ListOpenIDConnectProvidersRequest
) -> shapes.ListOpenIDConnectProvidersResponse:
    """Answer with the ARNs of all providers."""
    del request
    return {
        "OpenIDConnectProviderList": [
            {"Arn": _arn(call, provider.name)}
            async for provider in every(call.backends.records, scope(call, PROVIDER))
        ]
    }


@operation("DeleteOpenIDConnectProvider")
async def delete_open_id_connect_provider(
    call: Call, request: shapes.DeleteOpenIDConnectProviderRequest
) -> None:
    """Trust an issuer no longer; one that is not known is no error, as on AWS."""
    url = request["OpenIDConnectProviderArn"].partition("oidc-provider/")[2]
    await call.backends.records.write(
        Delete(scope=scope(call, PROVIDER), name=url, must_exist=False)
    )


@operation("AddClientIDToOpenIDConnectProvider")
async def add_client_id_to_open_id_connect_provider(
    call: Call, request: shapes.AddClientIDToOpenIDConnectProviderRequest
) -> None:
    """Take tokens for another client."""
    client = request["ClientID"]

    def changed(document: Document) -> Document:
        known = document["clients"]
        return {**document, "clients": known if client in known else [*known, client]}

    await _change(call, request["OpenIDConnectProviderArn"], changed)


@operation("RemoveClientIDFromOpenIDConnectProvider")
async def remove_client_id_from_open_id_connect_provider(
    call: Call, request: shapes.RemoveClientIDFromOpenIDConnectProviderRequest
) -> None:
    """Take no more tokens for a client."""

    def changed(document: Document) -> Document:
        kept = [client for client in document["clients"] if client != request["ClientID"]]
        return {**document, "clients": kept}

    await _change(call, request["OpenIDConnectProviderArn"], changed)


@operation("UpdateOpenIDConnectProviderThumbprint")
async def update_open_id_connect_provider_thumbprint(
    call: Call, request: shapes.UpdateOpenIDConnectProviderThumbprintRequest
) -> None:
    """Replace the thumbprints of the issuer's certificates."""
    await _change(
        call,
        request["OpenIDConnectProviderArn"],
        lambda document: {**document, "thumbprints": request["ThumbprintList"]},
    )


async def find_provider(call: Call, arn: str) -> Record:
    """Return a provider.

    Raises:
        NoSuchEntityException: There is none.
    """
    url = arn.partition("oidc-provider/")[2]
    provider = await call.backends.records.find(scope(call, PROVIDER), url) if url else None
    if provider is None or _arn(call, url) != arn:
        raise _no_provider(arn)
    return provider


def _no_provider(arn: str) -> shapes.NoSuchEntityException:
    return shapes.NoSuchEntityException(f"OpenIDConnect Provider not found for arn {arn}")


async def _change(call: Call, arn: str, changed: Callable[[Document], Document]) -> None:
    provider = await find_provider(call, arn)
    try:
        await change(call.backends.records, provider.scope, provider.name, changed)
    except RecordNotFoundError as error:
        raise _no_provider(arn) from error


def _checked_url(url: str) -> str:
    """Return an issuer's URL without its scheme, as ARNs have it.

    Plain HTTP is taken for issuers on this machine, for tests without certificates.
    """
    parts = urlsplit(url)
    is_near = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not is_near):
        raise shapes.InvalidInputException("Invalid Open ID Connect Provider URL")
    return url.partition("://")[2].rstrip("/")


def _arn(call: Call, url: str) -> str:
    return iam_arn(call, f"oidc-provider/{url}")
