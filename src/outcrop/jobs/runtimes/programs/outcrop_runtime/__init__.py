"""What Outcrop's runtimes run besides AWS's toolkits: trainers and model servers.

This package runs inside the runtimes' environments, where `outcrop` is not, and never imports it.
"""
