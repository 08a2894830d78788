"""Runs programs as sandboxed processes of this machine, without containers.

A keeper, a process of its own, starts each program, keeps its output and its end in a folder, and
lives on when the server dies; the next server finds the run there.
"""
