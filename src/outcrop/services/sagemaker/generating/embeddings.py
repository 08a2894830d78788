"""Hugging Face's Text Embeddings Inference: texts, answers in lists of numbers.

Source: https://huggingface.co/docs/text-embeddings-inference/quick_tour, its API (`/embed`)
"""

from dataclasses import dataclass

from outcrop.engines.embeddings.interface import Embedder, EmbeddingError
from outcrop.services.sagemaker.generating.fields import Fields
from outcrop.services.sagemaker.generating.messages import RefusalError, Response, whole

MOST_TEXTS = 32
"""Of a request, if `MAX_CLIENT_BATCH_SIZE` says nothing."""
NOT_OFFERED = ("dimensions", "prompt_name")


@dataclass(frozen=True, slots=True)
class TextEmbeddingsInference:
    """A container of TEI."""

    embedder: Embedder
    most_texts: int = MOST_TEXTS
    truncates: bool = False
    """`AUTO_TRUNCATE`: texts that are too long are cut unless a request says otherwise."""

    async def __call__(self, body: bytes) -> Response:
        """Answer a request."""
        asked = Fields.of(body, invalid)
        asked.refuse_if_set(NOT_OFFERED)
        if not asked.truth("normalize", default=True):
            raise invalid("`normalize` must be true: the vectors of this server have the length 1")
        texts = asked.texts("inputs")
        if not texts:
            raise invalid("`inputs` cannot be empty")
        if len(texts) > self.most_texts:
            raise invalid(
                f"batch size {len(texts)} > maximum allowed batch size {self.most_texts}", 413
            )
        try:
            if not asked.truth("truncate", default=self.truncates):
                await self._check_lengths(texts)
            # Users of TEI write what a model wants to read before texts themselves.
            rows = await self.embedder.embed(texts, purpose=None)
        except EmbeddingError as error:
            said = {"error": str(error), "error_type": "Backend"}
            raise RefusalError(424, said) from error
        return whole(rows.tolist())

    async def _check_lengths(self, texts: tuple[str, ...]) -> None:
        most = self.embedder.max_tokens
        longest = max(await self.embedder.count_tokens(texts))
        if longest > most:
            raise invalid(f"`inputs` must have less than {most} tokens. Given: {longest}", 413)


def invalid(message: str, status: int = 422) -> RefusalError:
    """Return the answer to a request that is wrong."""
    return RefusalError(status, {"error": message, "error_type": "Validation"})
