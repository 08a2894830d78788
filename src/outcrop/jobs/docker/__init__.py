"""Images that no runtime stands for, run by a Docker daemon.

What a keeper keeps of a run is Docker's client, attached to the container: so a container's output,
end and limits are kept as those of other programs are, and found again after a restart.
"""
