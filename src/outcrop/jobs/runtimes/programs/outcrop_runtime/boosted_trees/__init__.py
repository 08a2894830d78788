"""SageMaker's LightGBM and CatBoost algorithms on tables: what their images do without a script.

parameters                       AWS's hyperparameters of either
tables                           channels → rows, and which columns are categories
job ──> lightgbm_, catboost_trees  boosting, with early stopping
models                           what is left for endpoints

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/lightgbm.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/catboost.html
"""
