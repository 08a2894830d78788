"""SageMaker's BlazingText, on floret (fastText): word vectors, and classification of texts.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/blazingtext.html
"""
