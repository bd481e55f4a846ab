# SPDX-License-Identifier: Apache-2.0
"""One whole case: a net, what it is trained for, its data, and the recipe that says so."""
import dataclasses

import keras
import numpy as np

import objectives
from coverage import OMIT
from nets import Misfit, Net

EPOCHS, STEPS_PER_EPOCH = 5, 10


@dataclasses.dataclass
class Case:
    net: Net
    losses: list            # of dicts: type, options, place, weight, named
    optimizer: tuple        # name and options
    metrics: list
    class_weight: dict
    training: dict
    batch: int
    seed: int
    x: np.ndarray = None
    y: np.ndarray = None
    x_test: np.ndarray = None
    y_test: np.ndarray = None
    masked: bool = False    # the loss may leave out steps


def draw_losses(draw, net, place):
    kind = draw.item("loss", list(objectives.LOSSES))[0]
    family = objectives.LOSSES[kind]
    rank = 1 if len(place.shape) == 1 or draw.random.random() < 0.6 or not 1 < int(np.prod(place.shape[:-1])) <= 20 else len(place.shape)
    if kind == "perceptron":
        rank = 1
    p = objectives.Picker(draw, "loss", kind)
    options = objectives.loss_options(draw, p, kind)
    out = objectives.head(draw, net, place, kind, options, rank)
    losses = [{"type": kind, "options": options, "place": out, "weight": OMIT, "named": False}]
    weight = draw.choose("loss", "(any)", "weight", [OMIT, 0.7])
    draw.count("loss", "(any)", "weight", weight)
    losses[0]["weight"] = weight
    if family == "numbers" and kind not in ("mean_absolute_percentage_error", "mean_squared_logarithmic_error") and draw.random.random() < 0.5:
        other = draw.item("loss", ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh"])[0]
        second = objectives.loss_options(draw, objectives.Picker(draw, "loss", other), other)
        place2 = net.put("dense", {"units": out.shape[-1]}, [place if rank > 1 else net.flat(place)])
        losses.append({"type": other, "options": second, "place": place2, "weight": 0.4, "named": True})
    for key in ("output", "target"):
        draw.offer("loss", "(any)", key, ["given"])
        named = len(losses) > 1 or draw.random.random() < 0.3
        draw.count("loss", "(any)", key, "given" if named else OMIT)
        losses[0]["named"] = losses[0]["named"] or named
    return losses, family, rank


def draw_case(draw, index):
    net = Net(draw)
    rank = index % 3 + 1
    sizes = {1: (draw.random.randint(4, 11),), 2: (draw.random.randint(5, 9), draw.random.choice([1, 2, 3, 4, 6])),
             3: (draw.random.randint(5, 8), draw.random.randint(5, 8), draw.random.choice([1, 2, 3, 4]))}
    place = net.begin(sizes[rank])
    chain = index % 2 == 0
    for _ in range(draw.random.randint(3, 7)):
        place = net.fork(place) if not chain and draw.random.random() < 0.4 else net.unary(place)
    losses, family, rank = draw_losses(draw, net, place)
    if len(net.reached_from([loss["place"] for loss in losses])) < len(net.layers):
        raise Misfit("a layer leads nowhere")
    metrics = objectives.metrics(draw, family, losses[0]["place"].shape[-1], rank, losses[0]["options"].get("from_logits")) if losses[0]["type"] != "perceptron" else ["accuracy"]
    class_weight = {}
    if family == "classes":
        given = draw.choose("training", "training", "class_weight", [OMIT, "given"] if rank == 1 else [OMIT])
        draw.count("training", "training", "class_weight", given)
        if given is not OMIT:
            class_weight = {0: 0.5, 2: 2.0}
    draw.offer("training", "training")
    draw.count("training", "training")
    training = {}
    for key, values in (("slice", [OMIT, draw.random.randint(1, 5), "auto"]), ("seed", [OMIT, draw.random.randrange(1, 100000)])):
        training[key] = draw.choose("training", "training", key, values)
        draw.count("training", "training", key, training[key])
    case = Case(net, losses, objectives.optimizer(draw), metrics, class_weight, {k: v for k, v in training.items() if v is not OMIT},
                draw.random.randint(3, 12), draw.random.randrange(1 << 30))
    make_data(case, family)
    return case


def make_data(case, family):
    rng = np.random.default_rng(case.seed)
    samples, test = case.batch * STEPS_PER_EPOCH, 2 * case.batch + 1
    shape = case.losses[0]["place"].shape
    x = rng.standard_normal((samples + test, *case.net.input.shape[1:])).astype(np.float32)
    y = objectives.targets(rng, family, case.losses[0]["type"], (samples + test, *shape))
    case.x, case.x_test, case.y, case.y_test = x[:samples], x[samples:], y[:samples], y[samples:]


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(str(key)) if not isinstance(key, str) else key} = {toml(each)}" for key, each in value.items()) + " }"
    return repr(value)


def section(header, table):
    return "\n".join([header, *(f"{key} = {toml(value)}" for key, value in table.items()), ""])


def recipe(case, folder):
    out = ["schema = 1\n", section("[data]", {"type": "npz", "train": f"{folder}/data.npz", "test": f"{folder}/data.npz", "test_arrays": ["x_test", "y_test"],
                                             **({} if case.y.dtype.kind == "i" else {"target_is": "numbers"})})]
    for index, layer in enumerate(case.net.layers):
        table = dict(layer)
        if (case.seed >> index % 16) % 3 == 0 and table["type"] not in ("dense",) and not any(table["name"] in other.get("input", []) for other in case.net.layers):
            same = [other for other in case.net.layers if other["type"] == table["type"]]
            if len(same) == 1 and all(loss["place"].name != table["name"] for loss in case.losses):
                del table["name"]  # generated alike
        out.append(section("[[layer]]", table))
    for loss in case.losses:
        table = {"type": loss["type"], **loss["options"]}
        if loss["weight"] is not OMIT:
            table["weight"] = loss["weight"]
        if loss["named"]:
            table.update(output=loss["place"].name, target="y")
        out.append(section("[[loss]]" if len(case.losses) > 1 else "[loss]", table))
    name, options = case.optimizer
    out.append(section("[optimizer]", {"type": name, **options}))
    metrics = [{**({"type": m} if isinstance(m, str) else m), "output": case.losses[0]["place"].name} for m in case.metrics] if len(case.losses) > 1 else case.metrics
    training = {"epochs": EPOCHS, "batch_size": case.batch, "shuffle": False, "log_every_steps": 1, "metrics": metrics, **case.training}
    if case.class_weight:
        training["class_weight"] = case.class_weight
    out.append(section("[training]", training))
    out.append(section("[checkpoint]", {"every_epochs": 0, "keep": 9}))
    return "\n".join(out)
