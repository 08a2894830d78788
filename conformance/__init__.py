"""Holds every answer of a running server against AWS's service models.

For each operation that Outcrop implements, requests are made from its input shape: the least that
it allows, all that it allows, and one for each constraint, broken. They go over the wire as
botocore writes them. An answer must have the output's shape, an error must be one that the service
model lists, with its status.
"""
