"""The hyperparameters of both algorithms, with AWS's defaults.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/lightgbm-hyperparameters.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/catboost-hyperparameters.html
"""

from collections.abc import Mapping

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole, yes_or_no

TASK = one_of("auto", "classification", "regression", default="auto")
"""Ours: AWS's images are told by the model that they are for."""
EARLY = Rule(parse=int, default=10)

RULES: Mapping[str, Mapping[str, Rule]] = {
    "lightgbm": {
        "task": TASK,
        "num_boost_round": whole("[1, inf)", 100),
        "early_stopping_rounds": EARLY,
        "metric": one_of(
            "auto",
            "rmse",
            "l1",
            "l2",
            "huber",
            "fair",
            "binary_logloss",
            "binary_error",
            "auc",
            "average_precision",
            "multi_logloss",
            "multi_error",
            "auc_mu",
            "cross_entropy",
            default="auto",
        ),
        "learning_rate": real("(0, 1]", 0.1),
        "num_leaves": whole("[2, 131072]", 64),
        "feature_fraction": real("(0, 1]", 0.9),
        "bagging_fraction": real("(0, 1]", 0.9),
        "bagging_freq": whole("[0, inf)", 1),
        "max_depth": whole("[-1, inf)", 6),
        "min_data_in_leaf": whole("[0, inf)", 3),
        "max_delta_step": real("(-inf, inf)", 0.0),
        "lambda_l1": real("[0, inf)", 0.0),
        "lambda_l2": real("[0, inf)", 0.0),
        "boosting": one_of("gbdt", "rf", "dart", default="gbdt"),
        "min_gain_to_split": real("[0, inf)", 0.0),
        "scale_pos_weight": real("(0, inf)", 1.0),
        "tree_learner": one_of("serial", "feature", "data", "voting", default="serial"),
        "feature_fraction_bynode": real("(0, 1]", 1.0),
        "is_unbalance": yes_or_no(default=False),
        "max_bin": whole("[2, inf)", 255),
        "num_threads": whole("[0, inf)", 0),
        "tweedie_variance_power": real("[1, 2)", 1.5),
        "verbosity": Rule(parse=int, default=1),
        "use_dask": yes_or_no(default=False),
    },
    "catboost": {
        "task": TASK,
        "iterations": whole("[1, inf)", 500),
        "early_stopping_rounds": Rule(parse=int, default=5),
        "eval_metric": one_of(
            "auto", "RMSE", "MAE", "R2", "Logloss", "MultiClass", "Accuracy", "AUC", default="auto"
        ),
        "learning_rate": real("(0, 1]", 0.009),
        "depth": whole("[1, 16]", 6),
        "l2_leaf_reg": real("[0, inf)", 3.0),
        "random_strength": real("[0, inf)", 1.0),
        "max_leaves": whole("[2, 64]", 31),
        "rsm": real("(0, 1]", 1.0),
        "sampling_frequency": one_of("PerTreeLevel", "PerTree", default="PerTreeLevel"),
        "min_data_in_leaf": whole("[1, inf)", 1),
        "bagging_temperature": real("[0, inf)", 1.0),
        "boosting_type": one_of("Auto", "Ordered", "Plain", default="Auto"),
        "scale_pos_weight": real("(0, inf)", 1.0),
        "max_bin": whole("[1, 65535]", "Auto"),
        "grow_policy": one_of("SymmetricTree", "Depthwise", "Lossguide", default="SymmetricTree"),
        "random_seed": whole("[0, inf)", 1),
        "thread_count": whole("[-1, inf)", -1),
        "verbose": whole("[0, inf)", 1),
    },
}
