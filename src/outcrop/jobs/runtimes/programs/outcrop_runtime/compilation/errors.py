"""Why a model is not compiled."""


class InputError(Exception):
    """The model, or what is said of it, does not fit; the message says how."""


class DifferenceError(Exception):
    """The compiled model does not answer as the original does; the message says how far off."""
