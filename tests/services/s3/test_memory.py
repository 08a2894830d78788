"""What large objects cost in memory, on their way in, out and from place to place."""

from pathlib import Path

from tests.process_trees import forget_peaks, peak_mib

SIZE_MIB = 96
MOST_GROWTH_MIB = 48


def test_a_large_object_is_never_in_memory_as_a_whole(s3, bucket, server, tmp_path: Path):
    file = tmp_path / "large"
    with file.open("wb") as large:
        large.truncate(SIZE_MIB << 20)
    whole = {"Bucket": bucket, "Key": "large"}
    forget_peaks(server.process.pid)
    before = peak_mib(server.process.pid)

    with file.open("rb") as body:
        s3.put_object(**whole, Body=body)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=whole)
    read = [
        sum(map(len, s3.get_object(**whole, **what)["Body"].iter_chunks(1 << 20)))
        for what in ({}, {"Range": "bytes=1-"})
    ]
    grown = peak_mib(server.process.pid) - before

    assert read == [SIZE_MIB << 20, (SIZE_MIB << 20) - 1]
    assert grown < MOST_GROWTH_MIB
