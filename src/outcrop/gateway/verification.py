"""Requests believed only when their signature is right."""

import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from outcrop.aws import post_forms, sigv2, sigv4, sigv4_claim
from outcrop.aws.chunk_signatures import ChunkVerifier, EventVerifier
from outcrop.aws.claimed_identity import claimed_in_form
from outcrop.aws.http import Body, HttpRequest, WebSocketBody
from outcrop.aws.query_strings import signing_parameters
from outcrop.aws.refusals import Refusals, S3Refusals
from outcrop.aws.sigv4_claim import SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER, SIGNED_EVENTS
from outcrop.gateway.form_uploads import FormUpload
from outcrop.gateway.principals import Principals
from outcrop.operations.call import Principal
from outcrop.operations.key_holder import KeyHolder

_SIGV2 = "AWS "
_SIGNS_OF_A_SIGNATURE = frozenset(
    ("awsaccesskeyid", "signature", "x-amz-algorithm", "x-amz-credential", "x-amz-signature")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A request whose signature is right."""

    principal: Principal
    region: str = ""
    """The region that was signed; empty where the signature has none, as SigV2's."""
    request: HttpRequest
    """The request to go on with, its body checked already or as it is read."""


class Verifier:
    """Verifies signatures in headers, URLs and forms with the keys of their principals."""

    def __init__(self, principals: Principals, now: Callable[[], datetime]) -> None:
        """Believe these principals only."""
        self._principals = principals
        self._now = now

    async def verify(
        self, request: HttpRequest, refusals: Refusals, *, body_limit: int | None
    ) -> Verified:
        """Return who signed a request.

        Raises:
            ServiceError: It is not signed, or not as it should be.
        """
        authorization = request.headers.get("authorization", "")
        query = signing_parameters(request.query_string)
        is_sigv4_url, is_sigv2_url = "x-amz-algorithm" in query, "awsaccesskeyid" in query
        if bool(authorization) + is_sigv4_url + is_sigv2_url > 1:
            raise refusals.ambiguous()
        if is_sigv4_url:
            claim = sigv4_claim.read_query(request, refusals)
            return await self._verify_sigv4(claim, request, refusals, body_limit)
        if is_sigv2_url or authorization.startswith(_SIGV2):
            return await self._verify_sigv2(request, refusals, in_url=is_sigv2_url)
        if not authorization:
            raise refusals.missing()
        claim = sigv4_claim.read_header(request, refusals)
        return await self._verify_sigv4(claim, request, refusals, body_limit)

    async def verify_form(self, form: FormUpload, refusals: Refusals) -> Verified:
        """Return who signed the policy of a form.

        Raises:
            ServiceError: Nobody did, or the policy is another one.
        """
        claim = claimed_in_form(form.fields)
        if not claim.access_key_id:
            raise refusals.missing()
        holder = await self._holder(claim.access_key_id, claim.session_token, refusals)
        post_forms.check_signature(form.fields, secret=holder.secret, refusals=refusals)
        return Verified(principal=holder.principal, region=claim.region, request=form.request)

    async def verify_presigned(self, request: HttpRequest, refusals: Refusals) -> Principal:
        """Return who presigned a request that has no body, such as a Bedrock API key holds.

        Raises:
            ServiceError: The signature is another one, or its time is over.
        """
        claim = sigv4_claim.read_query(request, refusals)
        sigv4_claim.check_age(claim, self._now(), refusals)
        holder = await self._holder(claim.credential.access_key_id, claim.session_token, refusals)
        sigv4.check_signature(
            claim,
            request,
            secret=holder.secret,
            payload=claim.payload or sigv4.EMPTY_SHA256,
            refusals=refusals,
        )
        return holder.principal

    async def _holder(
        self, access_key_id: str, session_token: str, refusals: Refusals
    ) -> KeyHolder:
        return await self._principals.holder(
            access_key_id, session_token, now=self._now(), refusals=refusals
        )

    async def _verify_sigv4(
        self,
        claim: sigv4_claim.Sigv4Claim,
        request: HttpRequest,
        refusals: Refusals,
        body_limit: int | None,
    ) -> Verified:
        sigv4_claim.check_age(claim, self._now(), refusals)
        holder = await self._holder(claim.credential.access_key_id, claim.session_token, refusals)
        payload = claim.payload
        if payload is None and request.is_websocket:
            payload = sigv4.EMPTY_SHA256
        elif payload is None:
            content = await request.body.read(body_limit)
            request, payload = request.with_body(content), sha256(content).hexdigest()
        sigv4.check_signature(
            claim, request, secret=holder.secret, payload=payload, refusals=refusals
        )
        body = _checked_body(request.body, claim, holder.secret, refusals)
        return Verified(
            principal=holder.principal,
            region=claim.credential.scope.region,
            request=replace(request, body=body),
        )

    async def _verify_sigv2(
        self, request: HttpRequest, refusals: Refusals, *, in_url: bool
    ) -> Verified:
        if not isinstance(refusals, S3Refusals):
            raise refusals.unsupported("AWS")
        read = sigv2.read_query if in_url else sigv2.read_header
        claim = read(request, refusals)
        sigv2.check_age(claim, self._now(), refusals)
        holder = await self._holder(claim.access_key_id, claim.session_token, refusals)
        sigv2.check_signature(claim, request, secret=holder.secret, refusals=refusals)
        return Verified(principal=holder.principal, request=request)


def is_signed(request: HttpRequest) -> bool:
    """Tell whether a request carries a signature of any kind, right or wrong."""
    query = signing_parameters(request.query_string)
    signed_in_url = not query.keys().isdisjoint(_SIGNS_OF_A_SIGNATURE)
    return signed_in_url or "authorization" in request.headers


def _checked_body(
    body: Body, claim: sigv4_claim.Sigv4Claim, secret: str, refusals: Refusals
) -> Body:
    """Return the body with whatever its signature says of it still to be checked as it is read."""
    if isinstance(body, WebSocketBody):
        verifier = EventVerifier(claim, secret=secret, refusals=refusals, takes_unsigned=True)
        return WebSocketBody(aiter(body), verifier=verifier)
    if promised := claim.payload_sha256:
        return Body(_matching(body, promised, refusals), length=body.length)
    if claim.payload in {SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER}:
        verifier = ChunkVerifier(claim, secret=secret, refusals=refusals)
        return Body(aiter(body), length=body.length, verifier=verifier)
    if claim.payload == SIGNED_EVENTS:
        verifier = EventVerifier(claim, secret=secret, refusals=refusals)
        return Body(aiter(body), length=body.length, verifier=verifier)
    return body


async def _matching(body: Body, promised: str, refusals: Refusals) -> AsyncIterator[bytes]:
    """Give a body's chunks, and refuse it at its end if they are not what was signed."""
    digest = sha256()
    async for chunk in body:
        digest.update(chunk)
        yield chunk
    computed = digest.hexdigest()
    if not hmac.compare_digest(computed, promised):
        raise refusals.wrong_payload(promised, computed)
