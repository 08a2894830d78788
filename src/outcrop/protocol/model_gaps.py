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
