"""The linear learner's hyperparameters.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html
"""

from collections.abc import Mapping, Sequence

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole, yes_or_no

BINARY, MULTICLASS, REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"
LOSSES: Mapping[str, Sequence[str]] = {
    BINARY: ("logistic", "hinge_loss"),
    MULTICLASS: ("softmax_loss",),
    REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
"""The losses of each kind; the first is its usual one."""
CRITERIA = (
    "accuracy",
    "f_beta",
    "f1",
    "precision_at_target_recall",
    "recall_at_target_precision",
    "cross_entropy_loss",
    "loss_function",
)

RULES: Mapping[str, Rule] = {
    "predictor_type": one_of(BINARY, MULTICLASS, REGRESSOR, required=True),
    "num_classes": whole("[3, 1000000]"),
    "accuracy_top_k": whole("[1, 1000000]", 3),
    "balance_multiclass_weights": yes_or_no(default=False),
    "beta_1": real("[0, 1)", "auto"),
    "beta_2": real("[0, 1)", "auto"),
    "bias_lr_mult": real("(0, inf)", "auto"),
    "bias_wd_mult": real("[0, inf)", "auto"),
    "binary_classifier_model_selection_criteria": one_of(*CRITERIA, default="accuracy"),
    "early_stopping_patience": whole("[1, inf)", 3),
    "early_stopping_tolerance": real("(0, inf)", 0.001),
    "epochs": whole("[1, inf)", 15),
    "f_beta": real("(0, inf)", 1.0),
    "feature_dim": whole("[1, inf)", "auto"),
    "huber_delta": real("[0, inf)", 1.0),
    "init_bias": real("(-inf, inf)", 0.0),
    "init_method": one_of("uniform", "normal", default="uniform"),
    "init_scale": real("(0, inf)", 0.07),
    "init_sigma": real("(0, inf)", 0.01),
    "l1": real("[0, inf)", "auto"),
    "learning_rate": real("(0, inf)", "auto"),
    "loss": one_of(
        "auto", *(loss for losses in LOSSES.values() for loss in losses), default="auto"
    ),
    "loss_insensitivity": real("(0, inf)", 0.01),
    "lr_scheduler_factor": real("(0, 1)", "auto"),
    "lr_scheduler_minimum_lr": real("(0, inf)", "auto"),
    "lr_scheduler_step": whole("[1, inf)", "auto"),
    "margin": real("[0, inf)", 1.0),
    "mini_batch_size": whole("[1, inf)", 1000),
    "momentum": real("[0, 1)", "auto"),
    "normalize_data": yes_or_no(default="auto"),
    "normalize_label": yes_or_no(default="auto"),
    "num_calibration_samples": whole("[1, inf)", 10_000_000),
    "num_models": whole("[1, inf)", "auto"),
    "num_point_for_scaler": whole("[1, inf)", 10_000),
    "optimizer": one_of("auto", "adam", "sgd", "rmsprop", default="auto"),
    "positive_example_weight_mult": Rule(parse=float, default=1.0, words=("auto", "balanced")),
    "quantile": real("(0, 1)", 0.5),
    "target_precision": real("(0, 1)", 0.8),
    "target_recall": real("(0, 1)", 0.8),
    "unbias_data": yes_or_no(default="auto"),
    "unbias_label": yes_or_no(default="auto"),
    "use_bias": yes_or_no(default=True),
    "use_lr_scheduler": yes_or_no(default=True),
    "wd": real("[0, inf)", "auto"),
}
