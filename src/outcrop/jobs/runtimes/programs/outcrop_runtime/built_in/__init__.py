"""SageMaker's own algorithms, on well-kept libraries: what their images do.

hyperparameters      what is asked for, held to what AWS's tables allow
records, record_io   channels and requests → rows, by their content type
instances            the rows of several instances, brought together on the first
job ──> algorithms   training, with the metrics printed under AWS's names
models               what a model is made of on disk; nothing in it is executed

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""
