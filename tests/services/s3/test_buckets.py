def test_a_bucket_is_created_and_listed(s3, account):
    created = s3.create_bucket(Bucket=f"one-{account}")
    s3.create_bucket(Bucket=f"another-{account}")

    listed = s3.list_buckets()

    assert created["Location"] == f"/one-{account}"
    assert [bucket["Name"] for bucket in listed["Buckets"]] == [
        f"another-{account}",
        f"one-{account}",
    ]


def test_buckets_are_listed_in_pages(s3, account):
    names = [f"{letter}-of-{account}" for letter in "abcde"]
    for name in names:
        s3.create_bucket(Bucket=name)

    first = s3.list_buckets(MaxBuckets=3)
    second = s3.list_buckets(MaxBuckets=3, ContinuationToken=first["ContinuationToken"])

    assert [bucket["Name"] for bucket in first["Buckets"] + second["Buckets"]] == names
    assert "ContinuationToken" not in second
    assert first["Buckets"][0]["BucketRegion"] == "us-east-1"


def test_another_account_does_not_see_a_bucket_in_its_list(stranger, bucket):
    assert bucket not in [listed["Name"] for listed in stranger.list_buckets()["Buckets"]]


def test_a_name_that_another_account_has_is_taken(stranger, bucket, refusal):
    error = refusal(stranger.create_bucket, Bucket=bucket)

    assert error == {
        "Code": "BucketAlreadyExists",
        "Message": (
            "The requested bucket name is not available. The bucket namespace is shared by all "
            "users of the system. Please select a different name and try again."
        ),
        "BucketName": bucket,
        "status": 409,
    }


def test_creating_a_bucket_again_is_no_error_in_us_east_1(s3, bucket):
    again = s3.create_bucket(Bucket=bucket)

    assert again["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_creating_a_bucket_again_is_an_error_elsewhere(client, account, refusal):
    west = client("s3", region_name="us-west-2")
    arguments = {
        "Bucket": f"west-{account}",
        "CreateBucketConfiguration": {"LocationConstraint": "us-west-2"},
    }
    west.create_bucket(**arguments)

    error = refusal(west.create_bucket, **arguments)

    assert (error["Code"], error["status"]) == ("BucketAlreadyOwnedByYou", 409)


def test_the_region_of_a_bucket_is_told(client, account):
    west = client("s3", region_name="eu-west-3")
    west.create_bucket(
        Bucket=f"west-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )

    head = client("s3").head_bucket(Bucket=f"west-{account}")

    assert head["BucketRegion"] == "eu-west-3"
    assert west.get_bucket_location(Bucket=f"west-{account}")["LocationConstraint"] == "eu-west-3"


def test_us_east_1_has_no_location_constraint(s3, bucket):
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None


def test_a_location_must_be_named_outside_us_east_1(client, account, refusal):
    error = refusal(client("s3", region_name="eu-west-3").create_bucket, Bucket=f"b-{account}")

    assert error == {
        "Code": "IllegalLocationConstraintException",
        "Message": (
            "The unspecified location constraint is incompatible for the region specific endpoint "
            "this request was sent to."
        ),
        "status": 400,
    }


def test_a_location_must_be_that_of_the_endpoint(client, account, refusal):
    error = refusal(
        client("s3", region_name="eu-west-3").create_bucket,
        Bucket=f"b-{account}",
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )

    assert error["Code"] == "IllegalLocationConstraintException"


def test_us_east_1_is_no_location_constraint(s3, account, refusal):
    error = refusal(
        s3.create_bucket,
        Bucket=f"b-{account}",
        CreateBucketConfiguration={"LocationConstraint": "us-east-1"},
    )

    assert (error["Code"], error["status"]) == ("InvalidLocationConstraint", 400)


def test_a_bucket_with_objects_is_not_deleted(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="here", Body=b"")

    error = refusal(s3.delete_bucket, Bucket=bucket)

    assert error == {
        "Code": "BucketNotEmpty",
        "Message": "The bucket you tried to delete is not empty",
        "BucketName": bucket,
        "status": 409,
    }


def test_a_bucket_with_old_versions_only_is_not_deleted(s3, versioned, refusal):
    s3.put_object(Bucket=versioned, Key="gone", Body=b"")
    s3.delete_object(Bucket=versioned, Key="gone")

    error = refusal(s3.delete_bucket, Bucket=versioned)

    assert error["Message"] == (
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    )


def test_a_bucket_created_anew_is_empty(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="unfinished")
    s3.upload_part(
        Bucket=bucket, Key="unfinished", UploadId=upload["UploadId"], PartNumber=1, Body=b"x"
    )
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_bucket(Bucket=bucket)

    s3.create_bucket(Bucket=bucket)

    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_missing_bucket_is_told(s3, account, refusal):
    name = f"missing-{account}"

    assert refusal(s3.list_objects_v2, Bucket=name) == {
        "Code": "NoSuchBucket",
        "Message": "The specified bucket does not exist",
        "BucketName": name,
        "status": 404,
    }
    assert refusal(s3.head_bucket, Bucket=name)["status"] == 404


def test_an_impossible_name_is_refused(s3, refusal):
    error = refusal(s3.create_bucket, Bucket="Upper-Case")

    assert error == {
        "Code": "InvalidBucketName",
        "Message": "The specified bucket is not valid.",
        "BucketName": "Upper-Case",
        "status": 400,
    }


def test_a_bucket_is_refused_to_other_accounts(stranger, bucket, refusal):
    assert refusal(stranger.list_objects_v2, Bucket=bucket) == {
        "Code": "AccessDenied",
        "Message": "Access Denied",
        "status": 403,
    }


def test_a_bucket_of_another_owner_than_expected_is_refused(s3, bucket, refusal):
    error = refusal(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="999988887777")

    assert (error["Code"], error["status"]) == ("AccessDenied", 403)


def test_a_waiter_waits_for_a_bucket(s3, bucket):
    s3.get_waiter("bucket_exists").wait(Bucket=bucket, WaiterConfig={"MaxAttempts": 1})
