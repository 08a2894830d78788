"""A compilation job (SageMaker Neo) from its request to a compiled model."""
