"""SageMaker's XGBoost algorithm: what its image does when no script is given.

hyperparameters ──> intervals     what is asked for, held to what the algorithm allows
reading                           channels → rows, by their content type
instances                         XGBoost's own collective between the instances of a job
job ──> metrics, rounds           boosting, with what is printed, kept and stopped after a round
models                            `xgboost-model` on disk, for endpoints as well
"""
