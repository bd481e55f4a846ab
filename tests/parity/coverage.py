# SPDX-License-Identifier: Apache-2.0
"""What has been drawn so far, by kind, item, argument and value. Draws prefer what was drawn least, so that a small number of nets covers
the whole vocabulary; the table shows it."""
import collections
import random

OMIT = "(default)"
# Whose defaults must be drawn too: as a layer it leaks 0.3, as an activation 0.2.
TRAPS = ("leaky_relu",)


def label(value):
    return str(value) if isinstance(value, (str, bool)) else "given"


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.counts = collections.Counter()
        self.required = []  # (kind, item, argument) that must have been given at the end, whatever was offered
        self.offered = {}  # (kind, item, argument) -> labels that must all have been drawn at the end

    def snapshot(self):
        return self.counts.copy()

    def restore(self, counts):
        self.counts = counts

    def offer(self, kind, item, argument="", labels=()):
        known = self.offered.setdefault((kind, item, argument), [])
        known += [each for each in labels if each not in known]

    def require(self, kind, item, arguments):
        self.offer(kind, item)
        self.required += [(kind, item, argument) for argument in arguments]

    def count(self, kind, item, argument="", value=""):
        self.counts[(kind, item, argument, label(value) if argument else "")] += 1

    def choose(self, kind, item, argument, choices):
        """One of the choices for an argument; those drawn least are likelier. The caller counts."""
        self.offer(kind, item, argument, [label(choice) for choice in choices])
        wanted = self.wanted(kind, item, argument)
        unseen = [choice for choice in choices if label(choice) in wanted]
        if unseen:
            return self.random.choice(unseen)
        numbers = [self.counts[(kind, item, argument, label(choice))] for choice in choices]
        if self.random.random() < 0.5:
            choices = [choice for choice, n in zip(choices, numbers) if n == min(numbers)]
        return self.random.choice(choices)

    def item(self, kind, items):
        """The items in the order in which they should be tried: rarest first, or those with most values to be drawn, or by chance."""
        items = list(items)
        self.random.shuffle(items)
        way = self.random.random()
        if way < 0.4:
            items.sort(key=lambda item: self.counts[(kind, item, "", "")])
        elif way < 0.8:
            items.sort(key=lambda item: (self.counts[(kind, item, "", "")] > 0, -self.unseen(kind, item)))
        return items

    def unseen(self, kind, item):
        """How many values of an item's arguments are still to be drawn."""
        return sum(len(self.wanted(*key)) for key in self.offered if key[:2] == (kind, item) and key[2])

    def wanted(self, kind, item, argument):
        """The values of an argument that are still to be drawn: of the parts of a net all, of what surrounds it any but the default."""
        labels = [each for each in self.offered[(kind, item, argument)] if each != OMIT or item in TRAPS]
        unseen = [each for each in labels if not self.counts[(kind, item, argument, each)]]
        return unseen if kind in ("layer", "activation", "initializer", "loss", "regularizer") or len(unseen) == len(labels) else []

    def missing(self):
        out = [f"{kind} {item}" for (kind, item, argument) in self.offered if not argument and not self.counts[(kind, item, "", "")]]
        for kind, item, argument in self.offered:
            out += [f"{kind} {item}: {argument} = {each}" for each in (self.wanted(kind, item, argument) if argument else ())]
        given = {key[:3] for key, count in self.counts.items() if count and key[3] != OMIT}
        return out + [f"{kind} {item}: {argument}, which nothing offers" for kind, item, argument in self.required if not {(kind, item, argument)} & (given | self.offered.keys())]

    def table(self):
        lines = []
        for kind in dict.fromkeys(key[0] for key in self.offered):
            items = sorted({key[1] for key in self.offered if key[0] == kind})
            lines.append(f"{kind}s ({len(items)})")
            for item in items:
                arguments = []
                for (k, i, argument), labels in self.offered.items():
                    if (k, i) != (kind, item) or not argument:
                        continue
                    values = [f"{each} {self.counts[(k, i, argument, each)]}" for each in labels]
                    arguments.append(f"{argument}: " + ", ".join(values))
                lines.append(f"  {item:34} {self.counts[(kind, item, '', '')]:4}   " + "; ".join(arguments))
        return "\n".join(lines)


class Picker:
    """Collects the options of one item, counting as it goes."""

    def __init__(self, draw, kind, item):
        self.draw, self.kind, self.item, self.options = draw, kind, item, {}
        draw.offer(kind, item)
        draw.count(kind, item)

    def pick(self, argument, *choices):
        """One of the choices, or the default, where OMIT is among them."""
        value = self.draw.choose(self.kind, self.item, argument, list(choices))
        self.draw.count(self.kind, self.item, argument, value)
        if value is not OMIT:
            self.options[argument] = value
        return value

    def give(self, argument, value):
        return self.pick(argument, value)
