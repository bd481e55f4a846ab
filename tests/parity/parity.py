# SPDX-License-Identifier: Apache-2.0
"""Random nets in Teranga and in Keras 3, side by side: the same first weights, batches and noise; forward outputs, metrics and the losses of 50
steps must agree. Anyone can try others:

    KERAS_BACKEND=jax python3 tests/parity/parity.py --seed 7 --nets 30 --teranga build/release/bin/teranga

With --family sequences --nets 44 --cover-all, every option of every layer over sequences must have been there.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_multi_thread_eigen=false")
sys.dont_write_bytecode = True

FORWARD = 1e-5        # of the outputs, relative to their scale
STEPS = 1e-4          # of a step's loss, relative to it
TIMES = 10            # or so many times what Keras itself does for weights moved by one unit in the last place
SENSITIVE = 1e-3      # a net that is more sensitive than this says nothing and is drawn again
CLIPPED = 1e-6        # so is one that gives less to what is so: cross-entropies of Keras clip at 1e-7, Teranga's are exact
DRAWN_AGAIN = 0.1     # at most so many of the nets


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="of the nets; drawn and printed where left out")
    parser.add_argument("--nets", type=int, default=30)
    parser.add_argument("--family", choices=["images", "sequences"], default="images", help="images: also vectors and signals; sequences: also ids")
    parser.add_argument("--teranga", required=True, help="the binary")
    parser.add_argument("--cover-all", action="store_true", help="fail unless every layer and argument was drawn at least once")
    parser.add_argument("--only", type=int, help="run this net alone (the others are drawn, but not run)")
    parser.add_argument("--keep", help="folder for the files of the nets; otherwise a temporary one")
    return parser.parse_args()


def relative(a, b, floor):
    import numpy as np

    return np.abs(a - b) / np.maximum(np.abs(b), floor)


def undecided(name, outputs):
    """The share of samples whose two nearest outputs are closer than rounding: either may count as the larger."""
    import numpy as np

    if "accuracy" not in name and name != "confusion_matrix" or outputs.shape[-1] < 2:
        return 0.0
    gaps = np.diff(np.sort(outputs, -1), axis=-1).min(-1)
    return float((gaps <= FORWARD * np.abs(outputs).max()).mean())


class Comparison:
    """One net, run on both sides. `draws_again` says why it is not: Keras itself is too sensitive, or clips."""

    def __init__(self, case, binary, folder):
        import numpy as np

        from keras_run import KerasRun
        from teranga_run import TerangaRun

        self.problems = []
        reference = KerasRun(case)
        weights = os.path.join(folder, "keras.weights.h5")
        reference.model.save_weights(weights)
        out, first_outputs = reference.outputs_for(case.x_test)
        first_loss = reference.test_loss(out)
        losses = reference.train(reference.first_weights)
        last_out, last_outputs = reference.outputs_for(case.x_test)
        last_loss = reference.test_loss(last_out)
        finite = np.isfinite(losses).all() and np.isfinite(first_outputs).all() and np.isfinite(first_loss) and np.isfinite(last_loss)
        floor = 1e-3 * np.abs(losses).max() if finite else 1.0
        self.sensitivity = 0.0 if finite else np.inf
        # A net that moves at all is nudged more than once: one nudge tells little of a chaotic one.
        for number in range(4):
            if number > 0 and (self.sensitivity <= STEPS / TIMES or self.sensitivity > SENSITIVE):
                break
            nudged = reference.train(reference.nudged(number))
            nudged_last = reference.test_loss(reference.outputs_for(case.x_test)[0])
            moved = float(max(relative(nudged, losses, floor).max(), relative(nudged_last, last_loss, floor)))
            self.sensitivity = max(self.sensitivity, moved if np.isfinite(moved) else np.inf)
        self.draws_again = ""
        if not self.sensitivity <= SENSITIVE:
            self.draws_again = f"Keras's own sensitivity is {self.sensitivity:.2g}"
        elif not reference.least_probability >= CLIPPED:
            self.draws_again = f"a probability of {reference.least_probability:.2g} is judged"
        self.forward = self.steps = self.metrics = float("nan")
        if self.draws_again:
            return
        own = TerangaRun(binary, case, folder)
        steps, test = own.train(weights, threads=case.seed % 4 + 1)
        self.allowed = max(STEPS, TIMES * self.sensitivity)
        predicted = own.predict()
        self.compare_outputs(predicted, first_outputs)
        if len(steps) != len(losses):
            self.problems.append(f"{len(steps)} steps in metrics.jsonl, wanted {len(losses)}")
        else:
            apart = relative(steps, losses, floor)
            self.steps = float(apart.max())
            if not self.steps <= self.allowed:
                at = int(np.argmax(apart > self.allowed))
                self.problems.append(f"step {at + 1}: loss {steps[at]:.9g}, Keras {losses[at]:.9g}, {apart[at]:.2g} apart; allowed {self.allowed:.2g} (step 1: {apart[0]:.2g})")
        apart = float(relative(test.get("test_loss", np.nan), last_loss, floor))
        if not apart <= self.allowed:
            self.problems.append(f"test loss after training {test.get('test_loss')}, Keras {last_loss}, {apart:.2g} apart; allowed {self.allowed:.2g}")
        self.compare_metrics(case, own.evaluate(), first_outputs, first_loss)

    def compare_outputs(self, mine, theirs):
        import numpy as np

        if mine.shape != theirs.shape:
            self.problems.append(f"outputs have the shape {mine.shape}, Keras's {theirs.shape}")
            return
        self.forward = float(np.abs(mine - theirs).max() / max(np.abs(theirs).max(), 1e-2))  # XLA's sigmoid is exact to 1e-7 of 1, not of itself
        if not self.forward <= FORWARD:
            self.problems.append(f"forward outputs are {self.forward:.2g} of their scale apart")

    def compare_metrics(self, case, evaluated, outputs, loss):
        import reference

        wanted = {"loss": loss}
        for component in case.metrics:
            kind, options = reference.parts(component)
            wanted[kind] = reference.metric(kind, options, outputs, case.y_test, 0.0 if case.losses[0]["options"].get("from_logits") else 0.5)
        flat = {}
        for key, value in evaluated.items():
            flat.update(value if isinstance(value, dict) else {key: value})
        self.metrics = 0.0
        for name, value in wanted.items():
            found = next((flat[key] for key in (name, "test_" + name) if key in flat), None)
            if not isinstance(found, (int, float)):
                self.problems.append(f"evaluate says nothing of {name}: {evaluated}")
                continue
            apart = abs(found - value) / max(abs(value), 1e-2)
            if abs(found - value) <= undecided(name, outputs) + 1e-7:
                continue
            self.metrics = max(self.metrics, apart)
            if not apart <= 3e-5:
                self.problems.append(f"metric {name}: {found:.9g}, Keras {value:.9g}")


def describe(case):
    chain = " ".join(layer["type"] for layer in case.net.layers)
    return f"{chain} | {', '.join(loss['type'] for loss in case.losses)} | {case.optimizer[0]}"


def main():
    options = arguments()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}, {options.nets} nets", flush=True)
    import keras

    import first_weights
    from coverage import Draw
    if options.family == "sequences":
        from sequence_draws import UNDRAWN, VOCABULARY, draw_case
    else:
        from plan import draw_case

    folder = options.keep or tempfile.mkdtemp(prefix="teranga-parity-")
    first_weights.draw_with_numpy()
    draw = Draw(seed)
    if options.family == "sequences":
        import teranga_run

        for item in VOCABULARY:
            draw.require("layer", item, [each for each in teranga_run.layer_options(options.teranga, item) if each not in UNDRAWN])
    failed, again, misfits, began = 0, 0, 0, time.time()
    worst = {"forward": 0.0, "steps": 0.0, "sensitivity": 0.0, "metrics": 0.0}
    index = 0
    print("net  forward  loss of steps (allowed)  Keras's sensitivity  metrics   layers | loss | optimizer")
    # To cover all, a few more are drawn than asked for; the end says what is still missing then.
    while index < options.nets or (options.cover_all and draw.missing() and index < options.nets + 15):
        before = draw.snapshot()
        keras.backend.clear_session()
        keras.utils.set_random_seed((seed * 1000003 + index * 1009 + misfits + again) % 2**32)  # of first weights whose initializer names none
        try:
            case = draw_case(draw, index)
        except Exception as misfit:  # what does not fit together is for Keras to say
            misfits += 1
            draw.restore(before)
            if misfits > 50 * options.nets:
                raise
            if os.environ.get("TERANGA_PARITY_SHOW_MISFITS"):
                traceback.print_exception(misfit)
            continue
        if options.only is not None and index != options.only:
            index += 1
            continue
        place = os.path.join(folder, f"net-{index}")
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        try:
            result = Comparison(case, os.path.abspath(options.teranga), place)
        except Exception:
            result = None
            problems = [traceback.format_exc()]
            if "would never learn" in problems[0]:  # weights before a step, which Teranga refuses
                misfits += 1
                draw.restore(before)
                continue
        if result and result.draws_again:
            again += 1
            print(f"{index:3}  drawn again: {result.draws_again}   {describe(case)}", flush=True)
            draw.restore(before)
            if again > 5 + options.nets:
                break
            continue
        if result:
            problems = result.problems
            print(f"{index:3}  {result.forward:.1e}  {result.steps:.1e} ({result.allowed:.1e})        {result.sensitivity:.1e}              {result.metrics:.1e}   {describe(case)}", flush=True)
            for key in worst:
                worst[key] = max(worst[key], getattr(result, key))
        if problems:
            failed += 1
            print(f"net {index} of seed {seed} FAILS:\n  " + "\n  ".join(problems) + f"\n  its recipe: {place}/net.toml", flush=True)
            if os.path.exists(os.path.join(place, "net.toml")):
                print(open(os.path.join(place, "net.toml"), encoding="utf-8").read(), flush=True)
        index += 1
    print("\nDrawn, by item, argument and value (a default counts where it was left out):\n" + draw.table())
    print(f"\n{index} nets, {failed} failed, {again} drawn again, {time.time() - began:.0f} s; largest: " + ", ".join(f"{k} {v:.2g}" for k, v in worst.items()))
    if options.only is None and again > max(1, DRAWN_AGAIN * options.nets):
        print(f"more than one net in ten was drawn again")
        failed += 1
    missing = draw.missing()
    if missing:
        print(f"not covered ({len(missing)}): " + "; ".join(missing))
        failed += options.cover_all
    if not failed and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
