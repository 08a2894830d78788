"""Why training cannot be done."""


class CannotTrainError(Exception):
    """The data or the hyperparameters do not allow it; the message says what to change."""
