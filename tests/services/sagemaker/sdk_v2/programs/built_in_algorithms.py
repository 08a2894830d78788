"""Fit the SDK's own estimators of built-in algorithms, deploy them, and ask their endpoints."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
import numpy
import sagemaker
from sagemaker import (
    KNN,
    NTM,
    PCA,
    FactorizationMachines,
    IPInsights,
    KMeans,
    LinearLearner,
    RandomCutForest,
)
from sagemaker.amazon.amazon_estimator import RecordSet

bucket, *names = sys.argv[1:]
session = sagemaker.Session(default_bucket=bucket)
boto3.client("s3").create_bucket(Bucket=bucket)
chance = numpy.random.default_rng(0)
near = chance.normal(size=(200, 3)).astype("float32")
rows = numpy.concatenate([near, near + 8])
labels = numpy.repeat([0.0, 1.0], 200).astype("float32")
given = {
    "role": f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/trainer",
    "instance_type": "ml.m5.large",
    "sagemaker_session": session,
}


words = numpy.kron(numpy.eye(2), numpy.ones((200, 10))) * chance.poisson(3, size=(400, 20))


def answer(estimator, rows=rows, *, labelled=False, mini_batch_size=None, test=False):
    """Fit, deploy, and ask for the first row and the last one."""
    records = [estimator.record_set(rows, labels if labelled else None)]
    if test:
        records.append(estimator.record_set(rows, labels, channel="test"))
    more = {} if mini_batch_size is None else {"mini_batch_size": mini_batch_size}
    estimator.fit(records if test else records[0], **more)
    predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    found = predictor.predict(rows[[0, -1]])
    predictor.delete_model()
    predictor.delete_endpoint()
    told = [
        {name: list(value.float32_tensor.values) for name, value in one.label.items()}
        for one in found
    ]
    return {"told": told, "image": estimator.training_image_uri().split("/")[1]}


def answer_events():
    """Fit on logins of two users, and ask for the one of both at the first one's network."""
    logins = [f"user-{n % 2},10.{n % 2}.{n % 9}.{n % 200}" for n in range(2000)]
    boto3.client("s3").put_object(Bucket=bucket, Key="logins/a.csv", Body="\n".join(logins))
    estimator = IPInsights(
        num_entity_vectors=20, vector_dim=8, learning_rate=0.05, epochs=5, instance_count=1, **given
    )
    place = f"s3://{bucket}/logins/"
    estimator.fit(RecordSet(place, 2000, 2, s3_data_type="S3Prefix"), mini_batch_size=100)
    predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    found = predictor.predict([["user-0", "10.0.3.4"], ["user-1", "10.0.3.4"]])
    predictor.delete_model()
    predictor.delete_endpoint()
    return {"told": found["predictions"]}


PROGRAMS = {
    "addresses": answer_events,
    # Of two instances, each of which has one of the files.
    "kmeans": lambda: answer(KMeans(k=2, instance_count=2, **given)),
    "linear": lambda: answer(
        LinearLearner(predictor_type="binary_classifier", instance_count=1, **given),
        labelled=True,
        mini_batch_size=50,
    ),
    "pca": lambda: answer(PCA(num_components=1, instance_count=1, **given)),
    "knn": lambda: answer(
        KNN(k=3, sample_size=300, predictor_type="classifier", instance_count=1, **given),
        labelled=True,
        test=True,
    ),
    "forest": lambda: answer(
        RandomCutForest(num_trees=50, num_samples_per_tree=100, instance_count=1, **given),
    ),
    "machines": lambda: answer(
        FactorizationMachines(
            num_factors=2, predictor_type="binary_classifier", instance_count=1, **given
        ),
        labelled=True,
    ),
    # Documents of ten words, or of the ten others.
    "topics": lambda: answer(
        NTM(num_topics=2, optimizer="adam", learning_rate=0.01, instance_count=1, **given),
        words.astype("float32"),
        mini_batch_size=32,
    ),
}
with ThreadPoolExecutor(len(names)) as threads:  # The SDK sleeps most of the time.
    outcomes = {name: threads.submit(PROGRAMS[name]) for name in names}
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({name: one.result() for name, one in outcomes.items()}))
