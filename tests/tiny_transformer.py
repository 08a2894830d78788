"""A tiny BERT with weights by chance, for tests of what trains transformers."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.installed_runtimes import program_environment, runtime_python

_MAKE = """
import sys
from pathlib import Path
import torch
from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast
folder, *words = sys.argv[1:]
torch.manual_seed(0)
vocabulary = Path(folder, "words.txt")
vocabulary.write_text("\\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]))
tokenizer = BertTokenizerFast(str(vocabulary))
sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
config = BertConfig(vocab_size=len(tokenizer), intermediate_size=64, **sizes)
BertForMaskedLM(config).save_pretrained(folder)
tokenizer.save_pretrained(folder)
"""


def tiny_transformer(folder: Path, words: Sequence[str]) -> Mapping[str, bytes]:
    """Make a model that knows words in a folder, and return its files by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [runtime_python("huggingface-pytorch"), "-c", _MAKE, folder, *words],
        env=program_environment(),
        capture_output=True,
        check=True,
    )
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
