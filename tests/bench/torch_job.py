# SPDX-License-Identifier: Apache-2.0
"""PyTorch's part of `whole_job`: a loop over tensors in memory, channels last; that is faster here than a DataLoader, and compiling does not pay.

usage: torch_job.py TRAIN_IMAGES TRAIN_LABELS TEST_IMAGES TEST_LABELS [--seed N] [--threads N] [--epochs N]"""
import json

import idx
import torch
from torch import nn


def tensors(images, labels):
    pictures = torch.from_numpy(idx.pictures(images)).permute(0, 3, 1, 2)
    return pictures.contiguous(memory_format=torch.channels_last), torch.from_numpy(idx.read(labels).astype("int64"))


def main():
    args = idx.arguments()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    model = nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500), nn.ReLU(),
                          nn.Linear(500, 10))
    for module in model:  # as Keras and Teranga begin
        if hasattr(module, "weight"):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    model = model.to(memory_format=torch.channels_last)
    (x, y), (test_x, test_y) = tensors(args.train_images, args.train_labels), tensors(args.test_images, args.test_labels)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), 0.001, eps=1e-7, fused=True), nn.CrossEntropyLoss()
    for _ in range(args.epochs):
        for rows in torch.randperm(len(x)).split(64):
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            right = sum((model(part).argmax(1) == labels).sum().item() for part, labels in zip(test_x.split(500), test_y.split(500)))
        print(json.dumps({"val_accuracy": right / len(test_x)}), flush=True)


main()
