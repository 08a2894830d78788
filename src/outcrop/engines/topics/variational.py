"""Latent Dirichlet allocation by variational Bayes, with the same seed every time.

Source: https://papers.nips.cc/paper/3902-online-learning-for-latent-dirichlet-allocation
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]
SEED = 0
ROUNDS = 40
INNER_ROUNDS = 6
"""Of a document in each round; it goes on from where the round before left it."""
STARTS = 3
"""Beginnings by chance, of which the one is kept that fits best."""
LARGE = 1_000_000
"""Cells of documents times words from which there is one beginning only."""
BATCH_DOCUMENTS = 256
MOST_WORDS = 5_000
"""In the vocabulary: those in the most documents."""
LEAST_DOCUMENTS = 2
"""In which a word must be to count, where the collection is not too small for it."""
WORD_PRIOR = 0.1


def model_topics(
    documents: Sequence[Sequence[str]], topics: int, terms: int
) -> tuple[list[list[tuple[str, float]]], list[list[float]]]:
    """Return the terms of each topic, and the shares of topics of each document."""
    vocabulary = _vocabulary(documents)
    index = {word: at for at, word in enumerate(vocabulary)}
    bags = [Counter(index[word] for word in each if word in index) for each in documents]
    filled = [at for at, bag in enumerate(bags) if bag]
    shares: list[list[float]] = [[] for _ in documents]
    if not filled:
        return [], shares
    collection = _Collection([bags[at] for at in filled], len(vocabulary))
    chance = np.random.default_rng(SEED)
    starts = STARTS if len(filled) * len(vocabulary) < LARGE else 1
    fits = [collection.fit(min(topics, len(filled)), chance) for _ in range(starts)]
    _, words, mixtures = max(fits, key=lambda each: each[0])
    for at, mixture in zip(filled, mixtures, strict=True):
        shares[at] = mixture.tolist()
    return [_likeliest(row, vocabulary, terms) for row in words], shares


def _vocabulary(documents: Sequence[Sequence[str]]) -> list[str]:
    counts = Counter(word for each in documents for word in sorted(set(each)))
    often = [word for word, count in counts.most_common() if count >= LEAST_DOCUMENTS]
    return sorted((often or list(counts))[:MOST_WORDS])


def _likeliest(row: Numbers, vocabulary: Sequence[str], terms: int) -> list[tuple[str, float]]:
    order: list[int] = np.argsort(-row, kind="stable")[:terms].tolist()
    return [(vocabulary[word], float(row[word])) for word in order]


class _Collection:
    """Documents as counts of words."""

    def __init__(self, bags: Sequence[Mapping[int, int]], words: int) -> None:
        self._bags = bags
        self._words = words

    def fit(self, topics: int, chance: np.random.Generator) -> tuple[float, Numbers, Numbers]:
        """Return how well it fits, the words of topics (topics, words), the topics of documents."""
        lambdas = chance.gamma(100.0, 0.01, (topics, self._words))
        gammas = np.ones((len(self._bags), topics))
        for _ in range(ROUNDS):
            weights = _exp_expected_log(lambdas)
            lambdas = np.full_like(lambdas, WORD_PRIOR)
            for start, counts in self._batches():
                rows = slice(start, start + len(counts))
                gammas[rows], added = _documents(weights, counts, gammas[rows])
                lambdas += added
        of_words = lambdas / lambdas.sum(axis=1, keepdims=True)
        of_documents = gammas / gammas.sum(axis=1, keepdims=True)
        fit = sum(
            float((counts * np.log(of_documents[start : start + len(counts)] @ of_words)).sum())
            for start, counts in self._batches()
        )
        return fit, of_words, of_documents

    def _batches(self) -> Iterator[tuple[int, Numbers]]:
        """Give the number of the first document of each batch, and counts (documents, words)."""
        for start in range(0, len(self._bags), BATCH_DOCUMENTS):
            bags = self._bags[start : start + BATCH_DOCUMENTS]
            counts = np.zeros((len(bags), self._words))
            for row, bag in enumerate(bags):
                counts[row, list(bag)] = list(bag.values())
            yield start, counts


def _documents(weights: Numbers, counts: Numbers, gammas: Numbers) -> tuple[Numbers, Numbers]:
    """Return the documents' new gammas, and what they add to the topics: (topics, words)."""
    prior = 1.0 / len(weights)
    for _ in range(INNER_ROUNDS):
        thetas = _exp_expected_log(gammas)
        ratios = counts / (thetas @ weights + 1e-100)
        gammas = prior + thetas * (ratios @ weights.T)
    thetas = _exp_expected_log(gammas)
    return gammas, weights * (thetas.T @ (counts / (thetas @ weights + 1e-100)))


def _exp_expected_log(rows: Numbers) -> Numbers:
    """Return the exponentials of the expected logarithms under Dirichlet distributions."""
    return np.exp(_digamma(rows) - _digamma(rows.sum(axis=1, keepdims=True)))


def _digamma(values: Numbers) -> Numbers:
    """Return the digamma function, by its asymptotic series.

    Source: https://dlmf.nist.gov/5.11#E2
    """
    shift = sum(1.0 / (values + step) for step in range(6))
    large = values + 6.0
    square = 1.0 / (large * large)
    series = square * (1 / 12 - square * (1 / 120 - square / 252))
    return np.log(large) - 0.5 / large - series - shift
