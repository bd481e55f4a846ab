# SPDX-License-Identifier: Apache-2.0
"""Makes the BERT models of bert_test.py, small and with random weights, and what they answer: HuggingFace's transformers itself.

    pip install torch transformers safetensors && python make_bert.py

(made with torch 2.2.2 and transformers 4.46.3, on the CPU)."""
import pathlib

import numpy as np
import torch
from transformers import BertConfig, BertForPreTraining, BertForSequenceClassification

here = pathlib.Path(__file__).parent
torch.manual_seed(7)
draw = np.random.default_rng(3)
common = dict(vocab_size=40, hidden_size=16, num_attention_heads=4, intermediate_size=24, max_position_embeddings=12, type_vocab_size=2)
ids = draw.integers(5, 40, (5, 12))
for row, length in enumerate((12, 7, 1, 11, 9)):  # behind it there is padding
    ids[row, length:] = 0
segments = np.where(ids == 0, 0, draw.integers(0, 2, ids.shape))
given = {"input_ids": torch.tensor(ids), "token_type_ids": torch.tensor(segments), "attention_mask": torch.tensor((ids != 0).astype(np.int64)), "output_hidden_states": True}
np.savez(here / "bert_inputs.npz", x=ids.astype(np.int32), segments=segments.astype(np.int32))
found = {}
for name, kind, more in (("bert_pretraining", BertForPreTraining, {"num_hidden_layers": 2}), ("bert_classifier", BertForSequenceClassification, {"num_hidden_layers": 1, "num_labels": 3, "hidden_act": "gelu_new"})):
    model = kind(BertConfig(**common, **more)).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # so that zeros and ones hide nothing
            parameter.copy_(torch.randn_like(parameter) * 0.3 + (1.0 if parameter.ndim == 1 and parameter.mean() > 0.5 else 0.0))
        out = model(**given)
    model.save_pretrained(here / name, safe_serialization=True)
    found[f"{name}.encoder"] = out.hidden_states[-1].numpy()
    if name == "bert_classifier":
        found[f"{name}.classifier"] = out.logits.numpy()
    else:
        found[f"{name}.masked"], found[f"{name}.next"] = out.prediction_logits.numpy(), out.seq_relationship_logits.numpy()
np.savez(here / "bert_outputs.npz", **found)
