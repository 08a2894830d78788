"""SageMaker's image classification, in PyTorch: residual networks, data-parallel over instances.

parameters     hyperparameters, held to what AWS's table allows
reading        RecordIO, lists of files and augmented manifests → samples
pictures       encoded images → arrays of one size, changed by chance where that is asked for
networks       residual networks, and EfficientNet-Lite0 with weights of ImageNet
fitting        training, with the metrics printed as AWS does
models         what a model is made of on disk; nothing in it is executed
job            the training from its first line to its last

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html
"""
