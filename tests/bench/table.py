# SPDX-License-Identifier: Apache-2.0
"""What `compare` shows of its rows: the table in Markdown and the picture of the ratios in SVG. A row is what `compare.measure` gives."""
import math
import statistics
from xml.sax.saxutils import escape

FAR_NS = 200  # as in framework/parallel/src/team.cpp
# So many times the fastest peer is what Teranga is meant to reach.
TARGETS = {"tiny_mlp": 10, "mlp": 1.6, "dropout_mlp": 2, "lenet": 3, "resnet20": 1.8, "alexnet": 1.4, "imdb_rnn": 8, "rnn": 6, "lstm": 2.3, "gru": 3.5,
           "char_lstm": 2, "transformer": 2.5, "text_bag": 2, "autoencoder": 1.6, "gan": 2.4}
NAMES = {"teranga": "Teranga", "keras-jax": "Keras JAX", "keras-tensorflow": "Keras TensorFlow", "torch": "PyTorch", "torch-eager": "PyTorch",
         "torch-channels-last": "PyTorch, channels last", "torch-compile": "PyTorch, compiled"}


def title(peer):
    return NAMES.get(peer, peer)


def geometric_mean(values):
    return math.exp(statistics.mean(map(math.log, values)))


def step_ms(row, peer):
    return statistics.median(row["peers"][peer]["step_ms"])


def markdown(rows, peers):
    """`peers`: the names of all that could take part, in order."""
    names = [name for name in peers if any(name in row["peers"] for row in rows)]
    heads = ["workload", "Teranga", *map(title, names)] + (["times the fastest", "95 %", "target"] if names else [])
    heads += ["share of the FMA peak", "memory, MB"] + (["least of a peer, MB"] if names else []) + ["second thread"]
    out = [heading(rows), "", "| " + " | ".join(heads) + " |", "|---" + "|--:" * (len(heads) - 1) + "|"]
    out += ["| " + " | ".join(cells(row, names)) + " |" for row in rows]
    out.append("")
    rated = [row for row in rows if "ratio" in row]
    if rated:
        of_all = f" of {len(rows)}" if len(rated) < len(rows) else ""
        targets = geometric_mean([TARGETS[row["workload"]] for row in rated])
        out.append(f"Geometric mean: {geometric_mean([row['ratio'] for row in rated]):.2f} times the fastest peer, over {len(rated)} workload(s){of_all}; "
                   f"of the targets: {targets:.2f}.")
    else:
        out.append("No peer took part: there is no ratio.")
    return "\n".join(out + ["", *notes(rows, peers)]) + "\n"


def summary(rows):
    """A narrow table, for a README."""
    out = ["| step of | ms | fastest peer, ms | times as fast | share of the FMA peak | MB | least of a peer, MB |", "|---|--:|---|--:|--:|--:|--:|"]
    for row in rows:
        peer = row.get("fastest_peer")
        rated = [f"{title(peer)}, {step_ms(row, peer):.3g}", f"{row['ratio']:.2f} ({row['ratio_low']:.2f} to {row['ratio_high']:.2f})"] if peer else ["–", "–"]
        least = f"{min(peer['memory_mb'] for peer in row['peers'].values()):.0f}" if peer else "–"
        out.append(f"| `{row['workload']}` | {row['step_ms']:.3g} | {rated[0]} | {rated[1]} | {100 * row['share_of_peak']:.0f} % | {row['memory_mb']:.0f} | {least} |")
    if rated := [row["ratio"] for row in rows if "ratio" in row]:
        out.append(f"| geometric mean | | | {geometric_mean(rated):.2f} | | | |")
    return "\n".join([heading(rows), "", *out]) + "\n"


def heading(rows):
    rounds, threads = (sorted({row[key] for row in rows}) for key in ("rounds", "threads"))
    what = f"Milliseconds a step, medians of {' or '.join(map(str, rounds))} interleaved rounds, {' or '.join(map(str, threads))} thread(s)"
    peak, triad = (statistics.median(row[key] for row in rows) for key in ("peak_gflops", "triad_gbytes"))
    machines = sorted({row["machine"] for row in rows})
    return f"{what}, on {', '.join(machines)}: {peak:.0f} Gflop/s of multiply-adds and a triad of {triad:.0f} GB/s, measured in the same rounds."


def cells(row, names):
    def of_peer(name):
        if name in row["peers"]:
            return f"**{step_ms(row, name):.3g}**" if name == row.get("fastest_peer") else f"{step_ms(row, name):.3g}"
        return "losses differ" if name in row["differs"] else "–"

    out = [row["workload"], f"{row['step_ms']:.3g}", *map(of_peer, names)]
    if names:
        out += [f"**{row['ratio']:.2f}**", f"{row['ratio_low']:.2f} to {row['ratio_high']:.2f}"] if "ratio" in row else ["–", "–"]
        out.append(f"{TARGETS[row['workload']]}")
    out += [f"{100 * row['share_of_peak']:.0f} %", f"{row['memory_mb']:.0f}"]
    if names:
        least = min(row["peers"], key=lambda name: row["peers"][name]["memory_mb"], default=None)
        out.append(f"{row['peers'][least]['memory_mb']:.0f} ({title(least)})" if least else "–")
    return out + [f"{row['speed_up']:.2f}" if "speed_up" in row else "–"]


def notes(rows, peers):
    """Who did not take part and why, what took part in which form, how far losses differ."""
    out = []
    for name in peers:
        reasons = {}
        for row in rows:
            if name in row["missing"]:
                reasons.setdefault(row["missing"][name], []).append(row["workload"])
            if name in row["differs"]:
                reasons.setdefault(f"its losses differ from Teranga's by {row['differs'][name]:.1e}", []).append(row["workload"])
        for reason, where in reasons.items():
            out.append(f"- {title(name)} did not take part in {'any' if len(where) == len(rows) else ', '.join(where)}: {reason}")
        forms = {}
        for row in rows:
            if form := row["peers"].get(name, {}).get("form"):
                forms.setdefault(form, []).append(row["workload"])
        if len(forms) > 1:
            out.append(f"- {title(name)} took the fastest of its forms: " + "; ".join(f"{form} in {', '.join(where)}" for form, where in forms.items()))
    versions = sorted({peer["peer"] for row in rows for peer in row["peers"].values()})
    if versions:
        worst = max(peer["loss_difference"] for row in rows for peer in row["peers"].values())
        out.append(f"- Versions: {', '.join(versions)}. Losses of the first {rows[0]['loss_steps']} steps differ from Teranga's by {worst:.1e} at most.")
        if loud := [f"{100 * row['others']:.0f} % in {row['workload']}" for row in rows if row.get("others", 0) > 0.03]:
            out.append(f"- The machine was not quiet: others took of its processors' time {', '.join(loud)}.")
        if far := [f"{count} of {len(row['message_ns'])} in {row['workload']}" for row in rows if (count := sum(ns >= FAR_NS for ns in row.get("message_ns", [])))]:
            out.append(f"- Rounds in which a message between two threads took {FAR_NS} ns or more, as their cores then shared no cache: {', '.join(far)}.")
        out.append("- Memory is the most that a process held while it trained those steps. The second thread: a step's time with one thread by that with two.")
    return out


def picture(rows):
    """Bars of the ratios, their 95 % as whiskers, the targets as ticks. A bar may be longer than the picture is wide: its number tells."""
    rated = [row for row in rows if "ratio" in row]
    left, right, top, line = 110, 190, 46, 26
    width, height = 760, top + line * len(rated) + 34
    most = max([2.0] + [max(row["ratio_high"], TARGETS[row["workload"]]) for row in rated])
    across = lambda ratio: left + (width - left - right) * ratio / most
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
           f'<text x="{left}" y="18" font-size="14" fill="#222">Training steps: times as fast as the fastest of Keras and PyTorch</text>',
           f'<text x="{left}" y="35" fill="#666">bar: median; whisker: 95 %; tick: target; line: as fast</text>']
    for ratio in (1, *range(2, int(most) + 1, 2)):
        x, foot = across(ratio), top + line * len(rated)
        out += [f'<path d="M{x:.1f} {top - 4}V{foot}" stroke="{"#666" if ratio == 1 else "#ccc"}" stroke-dasharray="3 3"/>',
                f'<text x="{x:.1f}" y="{foot + 16}" text-anchor="middle" fill="#666">{ratio}</text>']
    for i, row in enumerate(rated):
        y = top + line * i
        target, middle = across(TARGETS[row["workload"]]), y + 10
        out += [f'<text x="{left - 8}" y="{y + 14}" text-anchor="end" fill="#222">{escape(row["workload"])}</text>',
                f'<rect x="{left}" y="{y + 2}" width="{across(row["ratio"]) - left:.1f}" height="16" fill="{"#2f7d5b" if row["ratio"] >= 1 else "#b5533c"}"/>',
                f'<path d="M{across(row["ratio_low"]):.1f} {middle}H{across(row["ratio_high"]):.1f}" stroke="#111" stroke-width="2"/>',
                f'<path d="M{target:.1f} {y}V{y + 20}" stroke="#e0a100" stroke-width="3"/>',
                f'<text x="{max(across(row["ratio_high"]), target) + 7:.1f}" y="{y + 14}" fill="#222">{row["ratio"]:.2f}'
                f'<tspan fill="#888"> {escape(title(row["fastest_peer"]))}</tspan></text>']
    return "\n".join([*out, "</svg>"]) + "\n"
