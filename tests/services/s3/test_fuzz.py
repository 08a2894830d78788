"""Whatever is sent to S3 is answered, and never by an error of ours."""

import http.client
import urllib.parse

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

SUBRESOURCES = [
    "acl",
    "accelerate",
    "analytics",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "tagging",
    "torrent",
    "uploads",
    "uploadId",
    "versionId",
    "versioning",
    "versions",
    "website",
    "list-type",
    "prefix",
    "delimiter",
    "marker",
    "key-marker",
    "max-keys",
    "max-parts",
    "max-uploads",
    "encoding-type",
    "start-after",
    "continuation-token",
    "version-id-marker",
    "upload-id-marker",
    "part-number-marker",
    "response-content-type",
    "response-expires",
    "x-id",
    "id",
]
HEADERS = [
    "range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "content-md5",
    "expires",
    "x-amz-acl",
    "x-amz-bypass-governance-retention",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-sha256",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-copy-source",
    "x-amz-copy-source-range",
    "x-amz-decoded-content-length",
    "x-amz-expected-bucket-owner",
    "x-amz-grant-read",
    "x-amz-meta-a",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-object-attributes",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-trailer",
    "content-encoding",
    "content-type",
]
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
values = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "2", "99999999999999", "null", "url", "/", "ENABLED"]),
    text,
)
bodies = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"<a/>",
            b"<Delete><Object><Key>k</Key></Object></Delete>",
            b"<Tagging><TagSet><Tag/></TagSet></Tagging>",
            b"<CORSConfiguration><CORSRule/></CORSConfiguration>",
            b"<LifecycleConfiguration><Rule><Filter/></Rule></LifecycleConfiguration>",
            b"<AccessControlPolicy><Owner/></AccessControlPolicy>",
            b"<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
            b'{"Statement": [{"Effect": "Allow"}]}',
            b"5\r\nhello\r\n0\r\n\r\n",
        ]
    ),
)


@st.composite
def requests(draw):
    """Give method, path behind the bucket, query, headers and body of a request."""
    query = draw(st.dictionaries(st.sampled_from(SUBRESOURCES), values, max_size=4))
    pairs = [
        f"{name}={urllib.parse.quote(value, safe='')}" if value else name
        for name, value in query.items()
    ]
    key = draw(st.one_of(st.just("key"), st.just(""), text))
    return (
        draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"])),
        urllib.parse.quote(key, safe="/") + "?" + "&".join(pairs),
        draw(st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=3)),
        draw(bodies),
    )


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(request=requests())
@example(request=("PUT", "k", {"expires": "x"}, b""))
@example(request=("GET", "?list-type=2&max-keys=%D9%A3", {}, b""))
def test_no_request_meets_an_error_of_ours(server, account, bucket, request):
    method, path, headers, body = request
    signature = (
        f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    connection.request(method, f"/{bucket}/{path}", body, {**headers, "authorization": signature})
    response = connection.getresponse()
    response.read()
    connection.close()

    assert response.status < 500 or response.status == 501
