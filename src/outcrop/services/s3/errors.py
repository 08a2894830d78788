"""The errors of S3 that its service model does not list.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError


class AccessControlListNotSupportedError(ServiceError):
    """The bucket's object ownership switches access control lists off."""

    code = "AccessControlListNotSupported"
    http_status = 400

    def __init__(self) -> None:
        super().__init__("The bucket does not allow ACLs")


class AccessDeniedError(ServiceError):
    """The caller is known and may not do this."""

    code = "AccessDenied"
    http_status = 403

    def __init__(self, message: str = "Access Denied") -> None:
        super().__init__(message)


class BadDigestError(ServiceError):
    """The body is not the one that the checksum was taken of."""

    code = "BadDigest"
    http_status = 400


class BucketNotEmptyError(ServiceError):
    """A bucket goes only when its last object version is gone."""

    code = "BucketNotEmpty"
    http_status = 409

    def __init__(self, message: str, bucket: str) -> None:
        super().__init__(message, BucketName=bucket)


class ConditionalRequestConflictError(ServiceError):
    """Somebody else wrote the object while a conditional request was under way."""

    code = "ConditionalRequestConflict"
    http_status = 409

    def __init__(self, key: str) -> None:
        super().__init__(
            "The conditional request cannot succeed due to a conflicting operation against this "
            "resource.",
            Condition="If-None-Match",
            Key=key,
        )


class CrossLocationLoggingProhibitedError(ServiceError):
    """Access logs stay in the region of the bucket that they tell of."""

    code = "CrossLocationLoggingProhibitted"  # Spelt so on the wire.
    http_status = 403

    def __init__(self, source: str, target: str) -> None:
        super().__init__(
            "Cross S3 location logging not allowed. ",
            SourceBucketLocation=source,
            TargetBucketLocation=target,
        )


class CrossOriginForbiddenError(ServiceError):
    """No rule of the bucket allows a browser's request from elsewhere."""

    code = "AccessForbidden"
    http_status = 403

    def __init__(self, message: str, *, method: str, resource_type: str) -> None:
        super().__init__(message, Method=method, ResourceType=resource_type)


class EntityTooLargeError(ServiceError):
    """The body is longer than this kind of upload takes."""

    code = "EntityTooLarge"
    http_status = 400

    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            "Your proposed upload exceeds the maximum allowed size",
            ProposedSize=size,
            MaxSizeAllowed=most,
        )


class EntityTooSmallError(ServiceError):
    """A part that is not the last one is shorter than 5 MiB, or a form's file is too short."""

    code = "EntityTooSmall"
    http_status = 400


class IllegalLocationConstraintError(ServiceError):
    """A bucket is asked for in another region than the request was sent to."""

    code = "IllegalLocationConstraintException"
    http_status = 400

    def __init__(self, location: str) -> None:
        super().__init__(
            f"The {location} location constraint is incompatible for the region specific endpoint "
            "this request was sent to."
        )


class IncompleteBodyError(ServiceError):
    """The client promised more bytes than it sent."""

    code = "IncompleteBody"
    http_status = 400

    def __init__(self) -> None:
        super().__init__(
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        )


class InvalidArgumentError(ServiceError):
    """One argument is wrong; the answer names it."""

    code = "InvalidArgument"
    http_status = 400

    def __init__(self, message: str, *, name: str = "", value: object = None) -> None:
        members: dict[str, Any] = {"ArgumentName": name, "ArgumentValue": value}
        super().__init__(
            message, **{key: it for key, it in members.items() if it not in ("", None)}
        )


class InvalidBucketNameError(ServiceError):
    """No bucket can be called so."""

    code = "InvalidBucketName"
    http_status = 400

    def __init__(self, bucket: str) -> None:
        super().__init__("The specified bucket is not valid.", BucketName=bucket)


class InvalidBucketStateError(ServiceError):
    """The bucket's other settings forbid this one."""

    code = "InvalidBucketState"
    http_status = 409


class InvalidDigestError(ServiceError):
    """Content-MD5 is no MD5."""

    code = "InvalidDigest"
    http_status = 400

    def __init__(self, digest: str) -> None:
        members: dict[str, Any] = {"Content-MD5": digest}
        super().__init__("The Content-MD5 you specified was invalid.", **members)


class InvalidLocationConstraintError(ServiceError):
    """No region is called so."""

    code = "InvalidLocationConstraint"
    http_status = 400

    def __init__(self, location: str) -> None:
        super().__init__(
            "The specified location-constraint is not valid", LocationConstraint=location
        )


class InvalidNamespaceHeaderError(ServiceError):
    """The bucket's name does not fit the namespace that the header names."""

    code = "InvalidNamespaceHeader"
    http_status = 400


class InvalidPartError(ServiceError):
    """A listed part was not uploaded, or has another ETag or checksum."""

    code = "InvalidPart"
    http_status = 400


class InvalidPartOrderError(ServiceError):
    """The list of parts is not in ascending order."""

    code = "InvalidPartOrder"
    http_status = 400

    def __init__(self) -> None:
        super().__init__(
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        )


class InvalidPartNumberError(ServiceError):
    """The object has fewer parts than the number asked for."""

    code = "InvalidPartNumber"
    http_status = 416

    def __init__(self, wanted: int, count: int) -> None:
        super().__init__(
            "The requested partnumber is not satisfiable",
            PartNumberRequested=wanted,
            ActualPartCount=count,
        )


class InvalidPolicyDocumentError(ServiceError):
    """The form's policy cannot be read."""

    code = "InvalidPolicyDocument"
    http_status = 400


class InvalidRangeError(ServiceError):
    """No byte of the object is within the range."""

    code = "InvalidRange"
    http_status = 416

    def __init__(self, wanted: str, size: int) -> None:
        super().__init__(
            "The requested range is not satisfiable",
            headers={"content-range": f"bytes */{size}"},
            RangeRequested=wanted,
            ActualObjectSize=size,
        )


class InvalidRequestError(ServiceError):
    """The parts of the request do not go together."""

    code = "InvalidRequest"
    http_status = 400


class InvalidStorageClassError(ServiceError):
    """No storage class is called so."""

    code = "InvalidStorageClass"
    http_status = 400

    def __init__(self, storage_class: str) -> None:
        super().__init__(
            "The storage class you specified is not valid", StorageClassRequested=storage_class
        )


class InvalidTagError(ServiceError):
    """A tag breaks the rules for tags."""

    code = "InvalidTag"
    http_status = 400


class InvalidTargetBucketForLoggingError(ServiceError):
    """The bucket for the access logs is not there or not the caller's."""

    code = "InvalidTargetBucketForLogging"
    http_status = 400


class InvalidUriError(ServiceError):
    """The key in the URL is not UTF-8."""

    code = "InvalidURI"
    http_status = 400

    def __init__(self, uri: str) -> None:
        super().__init__("Couldn't parse the specified URI.", URI=uri)


class KeyTooLongError(ServiceError):
    """A key has at most 1,024 bytes."""

    code = "KeyTooLongError"
    http_status = 400

    def __init__(self, size: int, most: int) -> None:
        super().__init__("Your key is too long", Size=size, MaxSizeAllowed=most)


class MalformedAclError(ServiceError):
    """The body is no access control list."""

    code = "MalformedACLError"
    http_status = 400

    def __init__(self) -> None:
        super().__init__(
            "The XML you provided was not well-formed or did not validate against our published "
            "schema"
        )


class MalformedPolicyError(ServiceError):
    """The bucket policy is not a policy."""

    code = "MalformedPolicy"
    http_status = 400


class MalformedPostRequestError(ServiceError):
    """The form is none, or has no file."""

    code = "MalformedPOSTRequest"
    http_status = 400

    def __init__(self) -> None:
        super().__init__("The body of your POST request is not well-formed multipart/form-data.")


class MalformedXmlError(ServiceError):
    """The body is not the document that this operation takes."""

    code = "MalformedXML"
    http_status = 400

    def __init__(self) -> None:
        super().__init__(
            "The XML you provided was not well-formed or did not validate against our published "
            "schema"
        )


class MetadataTooLargeError(ServiceError):
    """User metadata has at most 2 KB."""

    code = "MetadataTooLarge"
    http_status = 400

    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=size,
            MaxSizeAllowed=most,
        )


class MethodNotAllowedError(ServiceError):
    """The operation does not apply to what is there, such as reading a delete marker."""

    code = "MethodNotAllowed"
    http_status = 405

    def __init__(self, method: str, resource_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(
            "The specified method is not allowed against this resource.",
            headers=headers,
            Method=method,
            ResourceType=resource_type,
        )


class MissingRequestBodyError(ServiceError):
    """The operation takes a document, and there is none."""

    code = "MissingRequestBodyError"
    http_status = 400

    def __init__(self) -> None:
        super().__init__("Request Body is empty")


class MissingSecurityHeaderError(ServiceError):
    """A header that decides who may do what is not there."""

    code = "MissingSecurityHeader"
    http_status = 400

    def __init__(self, name: str) -> None:
        super().__init__("Your request was missing a required header", MissingHeaderName=name)


class MissingConfigurationError(ServiceError):
    """A bucket setting that was never made; each kind has a code of its own."""

    http_status = 404


class NotImplementedByS3Error(ServiceError):
    """A header asks for something that Outcrop does not do; S3's own code for it."""

    code = "NotImplemented"
    http_status = 501

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A header or query parameter you provided implies functionality that is not "
            f"implemented: {what}."
        )


class NotModifiedError(ServiceError):
    """The client's copy is still good; the answer has no body."""

    code = "NotModified"
    http_status = 304

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("Not Modified", headers=headers)


class NoSuchVersionError(ServiceError):
    """The key has no version of this id."""

    code = "NoSuchVersion"
    http_status = 404

    def __init__(self, key: str, version_id: str) -> None:
        super().__init__("The specified version does not exist.", Key=key, VersionId=version_id)


class OperationAbortedError(ServiceError):
    """Another operation on the same resource won."""

    code = "OperationAborted"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(
            "A conflicting conditional operation is currently in progress against this resource. "
            "Please try again."
        )


class PreconditionFailedError(ServiceError):
    """A condition of the request does not hold; the answer names it."""

    code = "PreconditionFailed"
    http_status = 412

    def __init__(self, condition: str) -> None:
        super().__init__(
            "At least one of the pre-conditions you specified did not hold", Condition=condition
        )


class TooManyBucketsError(ServiceError):
    """The account has as many buckets as it may have."""

    code = "TooManyBuckets"
    http_status = 400


class UnresolvableGrantError(ServiceError):
    """The grantee is known by an e-mail address that no account has."""

    code = "UnresolvableGrantByEmailAddress"
    http_status = 400
