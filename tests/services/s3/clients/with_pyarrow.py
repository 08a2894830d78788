# pyright: reportMissingImports=none, reportMissingModuleSource=none
"""A user's program with pyarrow: a partitioned data set, written and queried."""

import os
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow import fs

bucket = sys.argv[1]
files = fs.S3FileSystem(
    endpoint_override=os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"), scheme="http"
)
table = pa.table({"year": [2024, 2025, 2025, 2026], "value": [1.0, 2.0, 3.0, 4.0]})

ds.write_dataset(
    table,
    f"{bucket}/data",
    filesystem=files,
    format="parquet",
    partitioning=["year"],
    partitioning_flavor="hive",
)
data = ds.dataset(f"{bucket}/data", filesystem=files, format="parquet", partitioning="hive")

found = data.to_table(filter=pc.field("year") == 2025)
assert sorted(found["value"].to_pylist()) == [2.0, 3.0]
with files.open_output_stream(f"{bucket}/large.bin") as stream:
    for _ in range(12):
        stream.write(b"x" * (1 << 20))
assert files.get_file_info(f"{bucket}/large.bin").size == 12 << 20
with files.open_input_file(f"{bucket}/large.bin") as file:
    file.seek(5)
    assert file.read(3) == b"xxx"
listed = files.get_file_info(fs.FileSelector(bucket, recursive=False))
assert sorted(info.base_name for info in listed) == ["data", "large.bin"]
files.delete_dir_contents(bucket)
assert files.get_file_info(fs.FileSelector(bucket, recursive=True)) == []
sys.stdout.write("done\n")
