"""What botocore's service models leave out of AWS's own.

botocore reads XML without looking at the root element, so its models do not name the roots of S3's
answers. Other clients look. What is here goes into the metadata of the service model.

Source: the Smithy model of S3, https://github.com/aws/api-models-aws/tree/main/models/s3
"""

from collections.abc import Mapping
from typing import Any

MODEL_GAPS: Mapping[str, Mapping[str, Any]] = {
    "s3": {
        "xmlNamespace": "http://s3.amazonaws.com/doc/2006-03-01/",
        # restXml(noErrorWrapping: true)
        "noErrorWrapping": True,
        # s3UnwrappedXmlOutput: the root element is the only member itself.
        "unwrappedOutputs": {"GetBucketLocation": "LocationConstraint"},
        # xmlName of the output shapes.
        "outputRoots": {
            "CompleteMultipartUpload": "CompleteMultipartUploadResult",
            "CreateMultipartUpload": "InitiateMultipartUploadResult",
            "CreateSession": "CreateSessionResult",
            "DeleteObjects": "DeleteResult",
            "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
            "GetBucketAcl": "AccessControlPolicy",
            "GetBucketCors": "CORSConfiguration",
            "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
            "GetBucketLogging": "BucketLoggingStatus",
            "GetBucketRequestPayment": "RequestPaymentConfiguration",
            "GetBucketTagging": "Tagging",
            "GetBucketVersioning": "VersioningConfiguration",
            "GetBucketWebsite": "WebsiteConfiguration",
            "GetObjectAcl": "AccessControlPolicy",
            "GetObjectAttributes": "GetObjectAttributesResponse",
            "GetObjectTagging": "Tagging",
            "ListBucketAnalyticsConfigurations": "ListBucketAnalyticsConfigurationResult",
            "ListBucketInventoryConfigurations": "ListInventoryConfigurationsResult",
            "ListBucketMetricsConfigurations": "ListMetricsConfigurationsResult",
            "ListBuckets": "ListAllMyBucketsResult",
            "ListDirectoryBuckets": "ListAllMyDirectoryBucketsResult",
            "ListMultipartUploads": "ListMultipartUploadsResult",
            "ListObjectVersions": "ListVersionsResult",
            "ListObjects": "ListBucketResult",
            "ListObjectsV2": "ListBucketResult",
            "ListParts": "ListPartsResult",
        },
    },
}
"""By the service's name."""

SHAPE_GAPS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "bedrock": {
        # The routers that accounts make have ARNs without `default-`, by which they are tagged and,
        # in bedrock-runtime, invoked.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
        "PromptRouterArn": {
            "pattern": (
                "arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}"
                ":(default-)?prompt-router/[a-zA-Z0-9-:.]+"
            )
        },
    },
}
"""Traits of shapes, by the service's name and the shape's."""
