"""Topics of documents, by scikit-learn's latent Dirichlet allocation.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lda_hyperparameters.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import psi
from sklearn.decomposition import LatentDirichletAllocation

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import Rule, real, whole
from outcrop_runtime.built_in.models import Model

LABELLED = False
RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, inf)", required=True),
    "mini_batch_size": whole("[1, inf)", required=True),
    "num_topics": whole("[1, inf)", required=True),
    "alpha0": real("(0, inf)", 1.0),
    "max_iterations": whole("[1, inf)", 1000),
    "max_restarts": whole("[1, inf)", 10),
    "tol": real("(0, inf)", 1e-8),
}
MOST_PASSES = 100
LEAST_CHANGE = 1e-3
"""Of the perplexity: a finer one changes no topic."""


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Find the topics of all documents, each of which counts its words."""
    alpha = wanted["alpha0"] / wanted["num_topics"]
    found = LatentDirichletAllocation(
        wanted["num_topics"],
        doc_topic_prior=alpha,
        max_iter=min(MOST_PASSES, wanted["max_iterations"]),
        evaluate_every=5,
        perp_tol=max(LEAST_CHANGE, wanted["tol"]),
        random_state=0,
    ).fit(data.train.features)
    for name, rows in (("train", data.train), ("test", data.test)):
        if rows is not None:
            words = float(rows.features.sum())
            data.tell(f"{name} pwll <score>", float(found.score(rows.features)) / max(words, 1.0))
    arrays = {"topics": found.components_}
    return Model("lda", arrays, {"alpha": alpha, "eta": float(found.topic_word_prior_)})


class Predictor:
    """Tells the topics of documents."""

    def __init__(self, model: Model) -> None:
        topics = model.arrays["topics"]
        self.width = topics.shape[1]
        known = LatentDirichletAllocation(len(topics), random_state=0)
        known.components_ = topics
        known.exp_dirichlet_component_ = np.exp(psi(topics) - psi(topics.sum(axis=1))[:, None])
        known.doc_topic_prior_ = model.facts["alpha"]
        known.topic_word_prior_ = model.facts["eta"]
        known.random_state_ = np.random.RandomState(0)
        known.n_features_in_ = self.width
        self._known = known

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the mixture of topics of each document."""
        return [{"topic_mixture": row} for row in self._known.transform(features).tolist()]
