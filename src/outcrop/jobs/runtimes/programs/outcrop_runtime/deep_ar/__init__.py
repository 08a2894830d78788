"""SageMaker's DeepAR, on GluonTS: forecasts of many series by one recurrent network.

parameters    hyperparameters, held to what AWS's table allows
series        JSON lines and Parquet → series, and what they have in common
network       GluonTS's estimator, and the model as files
fitting       training until the loss gets no better
measures      the test's metrics
job           the training from its first line to its last

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deepar.html
"""
