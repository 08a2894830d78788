import pytest


def put(s3, bucket, key, body):
    return s3.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId")


def versions(s3, bucket, **arguments):
    page = s3.list_object_versions(Bucket=bucket, **arguments)
    found = page.get("Versions", []) + page.get("DeleteMarkers", [])
    return {(item["Key"], item["VersionId"]): item["IsLatest"] for item in found}


def suspend(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def read(s3, bucket, key, version_id=None):
    arguments = {"VersionId": version_id} if version_id else {}
    return s3.get_object(Bucket=bucket, Key=key, **arguments)["Body"].read()


def test_versioning_is_off_until_it_is_enabled(s3, bucket):
    before = s3.get_bucket_versioning(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    assert "Status" not in before
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_every_version_can_be_read(s3, versioned):
    ids = [put(s3, versioned, "key", body) for body in (b"one", b"two", b"three")]

    assert [read(s3, versioned, "key", version) for version in ids] == [b"one", b"two", b"three"]
    assert read(s3, versioned, "key") == b"three"
    assert s3.head_object(Bucket=versioned, Key="key")["VersionId"] == ids[2]


def test_versions_are_listed_by_key_and_then_the_newest_first(s3, versioned):
    first = put(s3, versioned, "b", b"1")
    second = put(s3, versioned, "b", b"2")
    other = put(s3, versioned, "a", b"1")
    put(s3, versioned, "b2", b"1")

    listed = s3.list_object_versions(Bucket=versioned)["Versions"]

    assert [(item["Key"], item["VersionId"], item["IsLatest"]) for item in listed[:3]] == [
        ("a", other, True),
        ("b", second, True),
        ("b", first, False),
    ]


def test_a_deleted_object_leaves_a_marker(s3, versioned, refusal):
    version = put(s3, versioned, "key", b"x")

    marker = s3.delete_object(Bucket=versioned, Key="key")

    assert marker["DeleteMarker"] is True
    assert versions(s3, versioned) == {("key", version): False, ("key", marker["VersionId"]): True}
    assert refusal(s3.get_object, Bucket=versioned, Key="key")["Code"] == "NoSuchKey"
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 0
    assert read(s3, versioned, "key", version) == b"x"


def test_a_marker_cannot_be_read(s3, versioned, refusal):
    put(s3, versioned, "key", b"x")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]

    assert refusal(s3.get_object, Bucket=versioned, Key="key", VersionId=marker) == {
        "Code": "MethodNotAllowed",
        "Message": "The specified method is not allowed against this resource.",
        "Method": "GET",
        "ResourceType": "DeleteMarker",
        "status": 405,
    }


def test_an_object_comes_back_when_its_marker_is_deleted(s3, versioned):
    version = put(s3, versioned, "key", b"x")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]

    answer = s3.delete_object(Bucket=versioned, Key="key", VersionId=marker)

    assert (answer["DeleteMarker"], answer["VersionId"]) == (True, marker)
    assert read(s3, versioned, "key") == b"x"
    assert versions(s3, versioned) == {("key", version): True}


def test_the_version_before_becomes_the_current_one(s3, versioned):
    first = put(s3, versioned, "key", b"one")
    second = put(s3, versioned, "key", b"two")

    s3.delete_object(Bucket=versioned, Key="key", VersionId=second)

    assert read(s3, versioned, "key") == b"one"
    assert versions(s3, versioned) == {("key", first): True}


def test_an_old_version_goes_without_touching_the_current_one(s3, versioned, refusal):
    first = put(s3, versioned, "key", b"one")
    put(s3, versioned, "key", b"two")

    s3.delete_object(Bucket=versioned, Key="key", VersionId=first)

    assert read(s3, versioned, "key") == b"two"
    assert refusal(s3.get_object, Bucket=versioned, Key="key", VersionId=first) == {
        "Code": "NoSuchVersion",
        "Message": "The specified version does not exist.",
        "Key": "key",
        "VersionId": first,
        "status": 404,
    }


def test_a_bucket_can_go_when_all_versions_are_gone(s3, versioned):
    put(s3, versioned, "key", b"one")
    s3.delete_object(Bucket=versioned, Key="key")
    for key, version in versions(s3, versioned):
        s3.delete_object(Bucket=versioned, Key=key, VersionId=version)

    s3.delete_bucket(Bucket=versioned)


def test_an_object_from_before_versioning_is_the_null_version(s3, bucket):
    put(s3, bucket, "key", b"old")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    alone = versions(s3, bucket)
    version = put(s3, bucket, "key", b"new")

    assert alone == {("key", "null"): True}
    assert versions(s3, bucket) == {("key", version): True, ("key", "null"): False}
    assert read(s3, bucket, "key", "null") == b"old"


def test_the_null_version_can_be_deleted(s3, bucket):
    put(s3, bucket, "key", b"old")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = put(s3, bucket, "key", b"new")

    s3.delete_object(Bucket=bucket, Key="key", VersionId="null")

    assert versions(s3, bucket) == {("key", version): True}


def test_the_null_version_can_be_deleted_in_a_bucket_without_versioning(s3, bucket):
    put(s3, bucket, "key", b"old")

    s3.delete_object(Bucket=bucket, Key="key", VersionId="null")

    assert versions(s3, bucket) == {}


def test_a_marker_hides_an_object_from_before_versioning(s3, bucket):
    put(s3, bucket, "key", b"old")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    marker = s3.delete_object(Bucket=bucket, Key="key")["VersionId"]

    assert versions(s3, bucket) == {("key", marker): True, ("key", "null"): False}
    assert read(s3, bucket, "key", "null") == b"old"


def test_a_suspended_bucket_keeps_one_null_version(s3, versioned):
    version = put(s3, versioned, "key", b"numbered")
    suspend(s3, versioned)

    first = put(s3, versioned, "key", b"null one")
    put(s3, versioned, "key", b"null two")

    assert first == "null"
    assert versions(s3, versioned) == {("key", "null"): True, ("key", version): False}
    assert read(s3, versioned, "key") == b"null two"


def test_a_marker_takes_the_place_of_the_null_version_in_a_suspended_bucket(s3, versioned):
    version = put(s3, versioned, "key", b"numbered")
    suspend(s3, versioned)
    put(s3, versioned, "key", b"null")

    marker = s3.delete_object(Bucket=versioned, Key="key")

    assert (marker["DeleteMarker"], marker["VersionId"]) == (True, "null")
    assert versions(s3, versioned) == {("key", "null"): True, ("key", version): False}


def test_suspending_does_not_touch_what_is_there(s3, bucket):
    put(s3, bucket, "key", b"old")
    suspend(s3, bucket)

    put(s3, bucket, "key", b"new")

    assert versions(s3, bucket) == {("key", "null"): True}
    assert read(s3, bucket, "key") == b"new"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_pages_hold_all_versions_once(s3, bucket, size):
    for key in ("a", "d/1", "d/2", "e"):
        put(s3, bucket, key, b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in ("b", "a", "a", "d/1"):
        put(s3, bucket, key, b"after")
    s3.delete_object(Bucket=bucket, Key="a")

    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}
    )
    paged = [
        (item["Key"], item["VersionId"], item["IsLatest"])
        for page in pages
        for item in page.get("Versions", []) + page.get("DeleteMarkers", [])
    ]

    assert sorted(paged) == sorted((*name, latest) for name, latest in versions(s3, bucket).items())
    assert len(paged) == 9
    assert {key for key, _, latest in paged if latest} == {"a", "b", "d/1", "d/2", "e"}


def test_versions_are_folded_at_a_delimiter(s3, versioned):
    for key in ("a", "d/1", "d/1", "d/2", "e"):
        put(s3, versioned, key, b"x")

    page = s3.list_object_versions(Bucket=versioned, Delimiter="/")

    assert [item["Key"] for item in page["Versions"]] == ["a", "e"]
    assert page["CommonPrefixes"] == [{"Prefix": "d/"}]


def test_many_versions_are_deleted_at_once(s3, versioned):
    ids = [put(s3, versioned, "key", b"x") for _ in range(5)]

    answer = s3.delete_objects(
        Bucket=versioned,
        Delete={"Objects": [{"Key": "key", "VersionId": version} for version in ids]},
    )

    assert [item["VersionId"] for item in answer["Deleted"]] == ids
    assert versions(s3, versioned) == {}


def test_deleting_many_keys_leaves_markers(s3, versioned):
    put(s3, versioned, "key", b"x")

    (deleted,) = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "key"}]})[
        "Deleted"
    ]

    assert deleted["DeleteMarker"] is True
    assert ("key", deleted["DeleteMarkerVersionId"]) in versions(s3, versioned)


def test_what_is_no_version_id_is_refused(s3, versioned, refusal):
    assert refusal(s3.get_object, Bucket=versioned, Key="key", VersionId="nonsense") == {
        "Code": "InvalidArgument",
        "Message": "Invalid version id specified",
        "ArgumentName": "versionId",
        "ArgumentValue": "nonsense",
        "status": 400,
    }


def test_a_version_is_copied(s3, versioned):
    old = put(s3, versioned, "key", b"old")
    put(s3, versioned, "key", b"new")

    answer = s3.copy_object(
        Bucket=versioned,
        Key="key",
        CopySource={"Bucket": versioned, "Key": "key", "VersionId": old},
    )

    assert answer["CopySourceVersionId"] == old
    assert read(s3, versioned, "key") == b"old"
    assert len(versions(s3, versioned)) == 3


def test_a_version_has_tags_of_its_own(s3, versioned):
    first = put(s3, versioned, "key", b"one")
    put(s3, versioned, "key", b"two")

    s3.put_object_tagging(
        Bucket=versioned,
        Key="key",
        VersionId=first,
        Tagging={"TagSet": [{"Key": "a", "Value": "1"}]},
    )

    old = s3.get_object_tagging(Bucket=versioned, Key="key", VersionId=first)["TagSet"]
    current = s3.get_object_tagging(Bucket=versioned, Key="key")["TagSet"]
    assert (old, current) == ([{"Key": "a", "Value": "1"}], [])


def test_an_unknown_state_of_versioning_is_refused(s3, bucket, refusal):
    error = refusal(
        s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={"Status": "On"}
    )

    assert (error["Code"], error["status"]) == ("MalformedXML", 400)
