"""Train a tiny BERT that tells two kinds of sentences apart, with transformers' Trainer."""

import argparse
import os
from pathlib import Path

from datasets import load_dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizerFast,
    Trainer,
    TrainingArguments,
)

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--learning_rate", type=float)
wanted = parser.parse_args()

rows = load_dataset(
    "csv",
    data_files=f"{os.environ['SM_CHANNEL_TRAIN']}/rows.csv",
    cache_dir="/tmp/rows",
)["train"]
words = sorted({word for text in rows["text"] for word in text.split()})
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary = Path("/tmp/vocab.txt")
vocabulary.write_text("\n".join([*special, *words]))
tokenizer = BertTokenizerFast(str(vocabulary))

model = BertForSequenceClassification(
    BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        id2label={0: "gloomy", 1: "cheerful"},
        label2id={"gloomy": 0, "cheerful": 1},
    )
)
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir="/tmp/steps",
        num_train_epochs=wanted.epochs,
        learning_rate=wanted.learning_rate,
        per_device_train_batch_size=16,
        logging_steps=10,
        save_strategy="no",
        report_to="none",
    ),
    train_dataset=rows.map(
        lambda row: tokenizer(row["text"], truncation=True, padding="max_length", max_length=16)
    ),
)
trainer.train()
trainer.save_model(os.environ["SM_MODEL_DIR"])
tokenizer.save_pretrained(os.environ["SM_MODEL_DIR"])
