"""The model registry below the operations: groups, numbered packages, cards."""
