from sagemaker.estimator import Estimator

estimator = Estimator(
    image_uri='pytorch-training:2.0-gpu',
    instance_type='ml.p3.2xlarge',
    instance_count=2,
    hyperparameters={'epochs': 10}
)
estimator.fit({'train': 's3://bucket/train/'})
predictor = estimator.deploy(instance_type='ml.m5.xlarge')
