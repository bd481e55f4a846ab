#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch on the workloads of `teranga bench run`, for `compare` (peer.py says how they talk).

usage: torch_peer.py NAME FOLDER [--mode eager|channels_last|compile] [--threads N]

A step is: forget gradients, forward, loss, backward, update. Where PyTorch trains otherwise than Keras does, the comparison of losses does as Keras:
a recurrent layer's second bias stands still at zero (GRU has both), RMSprop has its epsilon below the root, Adam adds its own before v is corrected, and a
convolution with a stride of 2 is padded behind only."""
import argparse
import itertools
import statistics
import time

import peer

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    torch, absent = None, error
    nn = argparse.Namespace(Module=object)


class Recurrent(nn.Module):
    """Embedding, recurrent layers, and a dense layer behind the last step, or behind each."""

    def __init__(self, cell, vocabulary, embedding, hidden, layers=1, outputs=1, every=False):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        self.rnn = cell(embedding, hidden, num_layers=layers, batch_first=True)
        self.head = nn.Linear(hidden, outputs)
        self.every = every

    def forward(self, ids):
        out, _ = self.rnn(self.embed(ids))
        return self.head(out).flatten(0, 1) if self.every else self.head(out[:, -1])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(8000, 128)
        self.position = nn.Parameter(torch.zeros(128, 128))
        block = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, layer_norm_eps=1e-5)
        self.body = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.head = nn.Linear(128, 2)

    def forward(self, ids):
        return self.head(self.body(self.embed(ids) + self.position).mean(1))


class Residual(nn.Module):
    as_keras = False

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.na = nn.BatchNorm2d(outputs)
        self.b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.nb = nn.BatchNorm2d(outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = F.conv2d(F.pad(x, (0, 1, 0, 1)), self.a.weight, stride=2) if self.as_keras and self.a.stride == (2, 2) else self.a(x)
        return F.relu(self.nb(self.b(F.relu(self.na(y)))) + self.skip(x))


class Bag(nn.Module):
    """The fastest idiom: sparse gradients, which plain SGD can use."""

    def __init__(self):
        super().__init__()
        self.embed = nn.EmbeddingBag(100_000, 64, mode="mean", sparse=True)
        self.head = nn.Linear(64, 1)

    def forward(self, ids):
        return self.head(self.embed(ids))


def mlp(*widths, between=None, end=None):
    parts = []
    for a, b in zip(widths, widths[1:]):
        parts += [nn.Linear(a, b), *(between() if between else [nn.ReLU()])]
    keep = len(parts) - len(between() if between else [0])
    return nn.Sequential(*parts[:keep], *([end] if end else []))


def dropout_mlp(dropout):
    return mlp(256, 256, 256, 256, 256, 10, between=(lambda: [nn.ReLU(), nn.Dropout(0.5)]) if dropout else None)


def resnet20(dropout):
    blocks, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, outputs in enumerate((16, 32, 64)):
        for i in range(3):
            blocks.append(Residual(width, outputs, 2 if stage and i == 0 else 1))
            width = outputs
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def lenet(dropout):
    return nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def alexnet(dropout):
    drop = [nn.Dropout(0.5)] if dropout else []
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(192, 384, 3, 1, 1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, 1, 1), nn.ReLU(), nn.Conv2d(256, 256, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(), *drop, nn.Linear(9216, 4096), nn.ReLU(), *drop,
        nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000))


def workloads():
    """name: (model with or without dropout, loss, optimizer for parameters)."""
    ce, bce, mse = nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss(), nn.MSELoss()
    sgd = lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, fused=True)
    adam = lambda p: torch.optim.Adam(p, 0.001, eps=1e-7, fused=True)
    rmsprop = lambda p: torch.optim.RMSprop(p, 0.001, alpha=0.9, eps=1e-7)
    return {
        "tiny_mlp": (lambda d: mlp(16, 64, 64, 1), mse, adam),
        "mlp": (lambda d: mlp(784, 512, 512, 10), ce, sgd),
        "dropout_mlp": (dropout_mlp, ce, sgd),
        "lenet": (lenet, ce, sgd),
        "resnet20": (resnet20, ce, sgd),
        "alexnet": (alexnet, ce, sgd),
        "imdb_rnn": (lambda d: Recurrent(nn.RNN, 10_000, 32, 8, 2), bce, rmsprop),
        "rnn": (lambda d: Recurrent(nn.RNN, 10_000, 32, 32), bce, rmsprop),
        "lstm": (lambda d: Recurrent(nn.LSTM, 10_000, 128, 128), bce, adam),
        "gru": (lambda d: Recurrent(nn.GRU, 10_000, 128, 128), bce, adam),
        "char_lstm": (lambda d: Recurrent(nn.LSTM, 96, 64, 256, outputs=96, every=True), ce, adam),
        "transformer": (lambda d: Encoder(), ce, adam),
        "text_bag": (lambda d: Bag(), bce, lambda p: torch.optim.SGD(p, 0.01)),
        "autoencoder": (lambda d: mlp(784, 256, 64, 256, 784), bce, adam),
    }


def turned_gru(w):
    """Keras has z r h in the last axis, PyTorch r z n."""
    z, r, h = w.chunk(3, -1)
    return torch.cat([r, z, h], -1)


def take_weights(model, weights):
    """Teranga's weights, by Keras's names and layouts, in the order of the layers. The modules take theirs in the order in which they run."""
    layers = {}
    for name, value in weights.items():
        layer, _, rest = name.partition("/")
        layers.setdefault(layer, {})[rest] = torch.from_numpy(value)
    order = iter(layers.values())

    def dense(module, own, flat=None):
        kernel = own["kernel"]
        if flat:  # (h, w, c) before, (c, h, w) here
            kernel = kernel.reshape(*flat, -1).permute(2, 0, 1, 3).reshape(kernel.shape)
        module.weight.copy_(kernel.T)
        module.bias.copy_(own["bias"])

    def conv(module, own):
        module.weight.copy_(own["kernel"].permute(3, 2, 0, 1))
        if module.bias is not None:
            module.bias.copy_(own["bias"])

    def norm(module, own):
        module.weight.copy_(own["gamma"])
        module.bias.copy_(own["beta"])

    def recurrent(module, own, layer):
        turn = turned_gru if isinstance(module, nn.GRU) else lambda w: w
        get = lambda what: getattr(module, f"{what}_l{layer}")
        get("weight_ih").copy_(turn(own["kernel"]).T)
        get("weight_hh").copy_(turn(own["recurrent_kernel"]).T)
        bias = turn(own["bias"])
        get("bias_ih").copy_(bias[0] if bias.dim() == 2 else bias)
        get("bias_hh").copy_(bias[1]) if bias.dim() == 2 else get("bias_hh").zero_()
        get("bias_hh").requires_grad_(bias.dim() == 2)

    def encoder_block(block, attention, mid, wide, narrow, out):
        width = block.linear1.in_features
        flat = lambda part: attention[f"{part}/kernel"].reshape(width, width).T
        block.self_attn.in_proj_weight.copy_(torch.cat([flat(part) for part in ("query", "key", "value")]))
        block.self_attn.in_proj_bias.copy_(torch.cat([attention[f"{part}/bias"].flatten() for part in ("query", "key", "value")]))
        block.self_attn.out_proj.weight.copy_(flat("attention_output"))
        block.self_attn.out_proj.bias.copy_(attention["attention_output/bias"])
        norm(block.norm1, mid), dense(block.linear1, wide), dense(block.linear2, narrow), norm(block.norm2, out)

    with torch.no_grad():
        if isinstance(model, Encoder):
            model.embed.weight.copy_(layers["embedding"]["embeddings"])
            model.position.copy_(layers["b0_out"]["embeddings"])
            for b, block in enumerate(model.body.layers, 1):
                encoder_block(block, *(layers[f"b{b}_{part}"] for part in ("attention", "mid", "wide", "narrow", "out")))
            return dense(model.head, layers["dense"])
        flat = {9216: (6, 6, 256), 800: (4, 4, 50)}
        for module in model.modules():
            if isinstance(module, Residual):
                module.as_keras = True
            elif isinstance(module, nn.Linear):
                dense(module, next(order), flat.get(module.in_features))
            elif isinstance(module, nn.Conv2d):
                conv(module, next(order))
            elif isinstance(module, nn.BatchNorm2d):
                norm(module, next(order))
            elif isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
                module.weight.copy_(next(order)["embeddings"])
            elif isinstance(module, nn.RNNBase):
                for layer in range(module.num_layers):
                    recurrent(module, next(order), layer)


class KerasRMSprop:
    """Epsilon below the root: with small gradients that is another step."""

    def __init__(self, parameters):
        self.param_groups = [{"lr": 0.001}]
        self.parameters = parameters
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def zero_grad(self, set_to_none=True):
        for p in self.parameters:
            p.grad = None

    def step(self):
        with torch.no_grad():
            for p, v in zip(self.parameters, self.squares):
                v.mul_(0.9).addcmul_(p.grad, p.grad, value=0.1)
                p.sub_(self.param_groups[0]["lr"] * p.grad / torch.sqrt(v + 1e-7))


def as_keras(optimizer):
    """One that updates as Keras does with the same numbers."""
    if isinstance(optimizer, torch.optim.RMSprop):
        return KerasRMSprop(optimizer.param_groups[0]["params"])
    if isinstance(optimizer, torch.optim.Adam):
        steps = itertools.count(1)

        def before(adam, words, named):
            correction = 1 - adam.param_groups[0]["betas"][1] ** next(steps)
            adam.param_groups[0]["eps"] = 1e-7 / correction**0.5

        optimizer.register_step_pre_hook(before)
    return optimizer


def set_rate(optimizer, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate or group["lr"]


class Workload(peer.Workload):
    def __init__(self, name, folder, mode):
        if name not in (known := workloads()):
            raise peer.Missing(f"this script has no {name} of one network for PyTorch")
        self.make, self.loss, self.optimizer = known[name]
        self.folder, self.mode = folder, mode
        fields = {key: torch.from_numpy(value) for key, value in peer.load(folder, "batch.npz").items()}
        self.x, y = fields["x"], fields["y"]
        if not self.x.is_floating_point():
            self.x = self.x.long()
        if self.x.dim() == 4:  # samples, channels, height, width; in memory the channels may stay last
            self.x = self.x.permute(0, 3, 1, 2).contiguous()
        elif mode == "channels_last":
            raise peer.Missing("channels last are for pictures")
        if isinstance(self.loss, nn.BCEWithLogitsLoss):
            y = y.float().reshape(len(y), -1)
        self.y = y.long().flatten() if isinstance(self.loss, nn.CrossEntropyLoss) else y

    def stepper(self, form, dropout, weights=None, rate=None):
        torch.manual_seed(1)
        model, x = self.make(dropout), self.x
        if weights:
            take_weights(model, weights)
        if "channels last" in form:
            model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
        optimizer = self.optimizer([p for p in model.parameters() if p.requires_grad])
        if weights:
            optimizer = as_keras(optimizer)
        set_rate(optimizer, rate)
        run = torch.compile(model) if "compiled" in form else model

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = self.loss(run(x), self.y)
            loss.backward()
            optimizer.step()
            return loss
        return step

    def names(self):
        if self.mode == "compile":
            return ["compiled"] + (["compiled, channels last"] if self.x.dim() == 4 else [])
        return ["channels last" if self.mode == "channels_last" else "eager"]

    def losses(self, steps, rate):
        step = self.stepper(self.names()[0], False, peer.load(self.folder, "weights.npz"), rate)
        return [step().item() for _ in range(steps)]

    def forms(self):
        return {form: lambda form=form: timed(self.stepper(form, True)) for form in self.names()}


class Gan(peer.Workload):
    def __init__(self, name, folder, mode):
        if mode == "channels_last":
            raise peer.Missing("channels last are for pictures")
        self.folder, self.mode = folder, mode
        fields = {key: torch.from_numpy(value) for key, value in peer.load(folder, "batch.npz").items()}
        self.real, self.noise = fields["x"], fields["noise"]
        self.ones, self.zeros = torch.ones(len(self.real), 1), torch.zeros(len(self.real), 1)

    def stepper(self, weights=None, rate=None):
        torch.manual_seed(1)
        leaky = lambda: [nn.LeakyReLU(0.2)]
        generator, critic = mlp(64, 256, 512, 784, between=leaky, end=nn.Tanh()), mlp(784, 512, 256, 1, between=leaky)
        if weights:
            take_weights(nn.Sequential(generator, critic), weights)
        of_generator, of_critic = (torch.optim.Adam(net.parameters(), 2e-4, eps=1e-7, fused=True) for net in (generator, critic))
        if weights:
            of_generator, of_critic = as_keras(of_generator), as_keras(of_critic)
        set_rate(of_generator, rate), set_rate(of_critic, rate)
        bce = nn.BCEWithLogitsLoss()
        make, judge = (torch.compile(net) if self.mode == "compile" else net for net in (generator, critic))

        def step():
            fake = make(self.noise)
            of_critic.zero_grad(set_to_none=True)
            first = bce(judge(self.real), self.ones) + bce(judge(fake.detach()), self.zeros)
            first.backward()
            of_critic.step()
            of_generator.zero_grad(set_to_none=True)
            second = bce(judge(fake), self.ones)
            second.backward()
            of_generator.step()
            return first, second
        return step

    def losses(self, steps, rate):
        step = self.stepper(peer.load(self.folder, "weights.npz"), rate)
        return [sum(loss.item() for loss in step()) for _ in range(steps)]

    def forms(self):
        return {"compiled" if self.mode == "compile" else "eager": lambda: timed(self.stepper())}


def timed(step):
    for _ in range(5):
        step()

    def form(seconds):
        times, stop = [], time.perf_counter() + seconds
        while time.perf_counter() < stop or len(times) < 2:
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        return 1e3 * statistics.median(times)
    return form


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("folder")
    parser.add_argument("--mode", default="eager", choices=["eager", "channels_last", "compile"])
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    def make():
        if not torch:
            raise absent
        torch.set_num_threads(args.threads)
        torch.set_flush_denormal(True)
        return f"torch {torch.__version__.split('+')[0]} {args.mode}", (Gan if args.name == "gan" else Workload)(args.name, args.folder, args.mode)

    peer.serve(make, args.threads)


if __name__ == "__main__":
    main()
