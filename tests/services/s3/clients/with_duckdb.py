# pyright: reportMissingImports=none, reportMissingModuleSource=none
"""A user's program with DuckDB: Parquet files written to S3 and queried there."""

import os
import sys
from pathlib import Path

import duckdb
import duckdb_extension_httpfs

bucket = sys.argv[1]
folder = Path(str(duckdb_extension_httpfs.__file__)).parent
(extension,) = folder.rglob("httpfs.duckdb_extension")
database = duckdb.connect()
database.execute(f"LOAD '{extension}'")
database.execute(
    f"""
    CREATE SECRET (
        TYPE s3, KEY_ID '{os.environ["AWS_ACCESS_KEY_ID"]}',
        SECRET '{os.environ["AWS_SECRET_ACCESS_KEY"]}', REGION 'us-east-1',
        ENDPOINT '{os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")}',
        URL_STYLE 'path', USE_SSL false
    )
    """
)
database.execute(
    f"COPY (SELECT i AS id, i % 3 AS part FROM range(300000) t(i)) "
    f"TO 's3://{bucket}/data' (FORMAT parquet, PARTITION_BY part)"
)

rows = database.execute(
    f"SELECT part, count(*), max(id) FROM read_parquet('s3://{bucket}/data/*/*.parquet', "
    "hive_partitioning = true) GROUP BY part ORDER BY part"
).fetchall()

assert rows == [(0, 100000, 299997), (1, 100000, 299998), (2, 100000, 299999)], rows
sys.stdout.write("done\n")
