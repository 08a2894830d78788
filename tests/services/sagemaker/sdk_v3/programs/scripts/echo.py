"""Gives numbers back, doubled: what a user's own script is."""


def model_fn(folder):
    """Load nothing."""


def input_fn(content, content_type):
    """Read a number a line."""
    text = content.decode() if isinstance(content, bytes) else content
    return [int(line) for line in text.split()]


def predict_fn(numbers, model):
    """Double each."""
    return [2 * number for number in numbers]


def output_fn(predictions, accept):
    """Write a number a line."""
    return "\n".join(map(str, predictions)), "text/csv"
