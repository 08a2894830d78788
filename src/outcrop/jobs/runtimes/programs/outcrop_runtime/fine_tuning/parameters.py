"""The hyperparameters of fine-tuning, named as the scripts of Hugging Face's examples name them."""

from collections.abc import Mapping

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole

RULES: Mapping[str, Rule] = {
    "epochs": whole("[1, inf)", 3),
    "eval_batch_size": whole("[1, inf)", 64),
    "header": one_of("auto", "true", "false", default="auto"),
    "label": Rule(parse=str, default=""),
    "learning_rate": real("(0, 1)", 5e-5),
    "max_seq_length": whole("[4, 4096]", 128),
    "model_name_or_path": Rule(parse=str, default=""),
    "seed": whole("[0, inf)", 42),
    "text": Rule(parse=str, default=""),
    "train_batch_size": whole("[1, inf)", 16),
    "validation_fraction": real("[0, 0.9)", 0.1),
    "warmup_ratio": real("[0, 1)", 0.1),
    "weight_decay": real("[0, 1]", 0.01),
}
