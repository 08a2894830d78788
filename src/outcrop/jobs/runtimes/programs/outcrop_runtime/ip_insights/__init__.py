"""SageMaker's IP Insights, in PyTorch: how well an entity and an IPv4 address go together.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ip-insights.html
"""
