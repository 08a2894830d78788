"""The life of a job that runs programs, whatever kind of job it is."""
