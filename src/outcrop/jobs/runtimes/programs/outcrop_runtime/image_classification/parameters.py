"""The hyperparameters of image classification.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html
"""

from collections.abc import Mapping, Sequence

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole, yes_or_no

LARGE_LAYERS = (18, 34, 50, 101, 152, 200)
"""Of networks for large images."""
SMALL_LAYERS = (20, 32, 44, 56, 110)
"""Of networks for small ones."""
AUGMENTATIONS = ("crop", "crop_color", "crop_color_transform")


def shape(text: str) -> Sequence[int]:
    """Return `3,224,224`: channels, height, width."""
    sizes = [int(one) for one in text.split(",")]
    if len(sizes) != 3 or sizes[0] not in (1, 3) or min(sizes[1:]) < 8:
        raise ValueError(text)
    return sizes


def list_of_epochs(text: str) -> Sequence[int]:
    """Return `10,20`."""
    return [int(one) for one in text.split(",") if one.strip()]


RULES: Mapping[str, Rule] = {
    "num_classes": whole("[2, inf)", required=True),
    "num_training_samples": whole("[1, inf)", required=True),
    "augmentation_type": one_of(*AUGMENTATIONS),
    "beta_1": real("[0, 1]", 0.9),
    "beta_2": real("[0, 1]", 0.999),
    "checkpoint_frequency": whole("[1, inf)"),
    "early_stopping": yes_or_no(default=False),
    "early_stopping_min_epochs": whole("[1, inf)", 10),
    "early_stopping_patience": whole("[1, inf)", 5),
    "early_stopping_tolerance": real("[0, 1]", 0.0),
    "epochs": whole("[1, inf)", 30),
    "eps": real("[0, 1]", 1e-8),
    "gamma": real("[0, 1]", 0.9),
    "image_shape": Rule(parse=shape, default=(3, 224, 224)),
    "kv_store": one_of("dist_sync", "dist_async"),
    "learning_rate": real("[0, 1]", 0.1),
    "lr_scheduler_factor": real("[0, 1]", 0.1),
    "lr_scheduler_step": Rule(parse=list_of_epochs, default=()),
    "mini_batch_size": whole("[1, inf)", 32),
    "momentum": real("[0, 1]", 0.9),
    "multi_label": yes_or_no(default=False),
    "num_layers": Rule(parse=int, allowed=(*LARGE_LAYERS, *SMALL_LAYERS), default=152),
    "optimizer": one_of("sgd", "adam", "rmsprop", "nag", default="sgd"),
    "precision_dtype": one_of("float32", "float16", default="float32"),
    "resize": whole("[1, inf)"),
    "top_k": whole("[2, inf)"),
    "use_pretrained_model": yes_or_no(default=False),
    "use_weighted_loss": yes_or_no(default=False),
    "weight_decay": real("[0, 1]", 0.0001),
}
