"""What the programs of a processing job have to say at its end.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-metadata.html
"""

from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder

LONGEST_BYTES = 1024


def exit_message(work: Work) -> str:
    """Return the messages of all instances, joined and cut to 1 KB.

    Raises:
        JobFailedError: One is not UTF-8.
    """
    said = b""
    for host in work.hosts:
        try:
            with LeftFolder(work.files.instance(host), "output").open("message") as file:
                said += file.read(LONGEST_BYTES)
        except OSError:  # It has left none.
            continue
    try:
        said.decode()
    except UnicodeDecodeError as error:
        if error.end < len(said) or len(said) < LONGEST_BYTES:
            raise JobFailedError(
                "ClientError: The file /opt/ml/output/message is not UTF-8."
            ) from error
    return said[:LONGEST_BYTES].decode(errors="ignore")
