"""BlazingText's hyperparameters, which differ by the mode.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/blazingtext_hyperparameters.html
"""

from collections.abc import Mapping

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole, yes_or_no

SUPERVISED = "supervised"
MODE = one_of("batch_skipgram", "skipgram", "cbow", SUPERVISED, required=True)
OF_ALL: Mapping[str, Rule] = {
    "mode": MODE,
    "buckets": whole("[1, inf)", 2_000_000),
    "epochs": whole("[1, inf)", 5),
    "learning_rate": real("(0, inf)", 0.05),
    "min_count": whole("[0, inf)", 5),
    "vector_dim": whole("[1, 2048]", 100),
}
OF_WORDS: Mapping[str, Rule] = {
    **OF_ALL,
    "batch_size": whole("[1, 32]", 11),
    "evaluation": yes_or_no(default=True),
    "max_char": whole("[1, inf)", 6),
    "min_char": whole("[1, inf)", 3),
    "negative_samples": whole("[1, inf)", 5),
    "sampling_threshold": real("[0, 1)", 0.0001),
    "subwords": yes_or_no(default=False),
    "window_size": whole("[1, inf)", 5),
}
OF_CLASSES: Mapping[str, Rule] = {
    **OF_ALL,
    "early_stopping": yes_or_no(default=False),
    "min_epochs": whole("[1, inf)", 5),
    "patience": whole("[1, inf)", 4),
    "word_ngrams": whole("[1, inf)", 2),
}
