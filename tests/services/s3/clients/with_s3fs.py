# pyright: reportMissingImports=none, reportMissingModuleSource=none
"""A user's program with s3fs: write, list, append, move, walk, delete."""

import sys

import s3fs

bucket = sys.argv[1]
files = s3fs.S3FileSystem()

with files.open(f"{bucket}/folder/a.txt", "wb") as file:
    file.write(b"hello ")
with files.open(f"{bucket}/folder/a.txt", "ab") as file:
    file.write(b"world")
with files.open(f"{bucket}/folder/large.bin", "wb", block_size=5 << 20) as file:
    for letter in b"abc":
        file.write(bytes([letter]) * (4 << 20))
files.mv(f"{bucket}/folder/a.txt", f"{bucket}/folder/deep/b.txt")

assert files.cat(f"{bucket}/folder/deep/b.txt") == b"hello world"
assert files.ls(f"{bucket}/folder") == [f"{bucket}/folder/deep", f"{bucket}/folder/large.bin"]
assert files.info(f"{bucket}/folder/large.bin")["size"] == 12 << 20
with files.open(f"{bucket}/folder/large.bin", "rb") as file:
    file.seek((4 << 20) - 1)
    assert file.read(2) == b"ab"
assert files.find(bucket) == [f"{bucket}/folder/deep/b.txt", f"{bucket}/folder/large.bin"]
files.rm(f"{bucket}/folder", recursive=True)
assert files.find(bucket) == []
sys.stdout.write("done\n")
