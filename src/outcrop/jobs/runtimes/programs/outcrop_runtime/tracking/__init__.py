"""The MLflow tracking server, as the program of a replica."""
