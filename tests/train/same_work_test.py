# SPDX-License-Identifier: Apache-2.0
"""Ranks that were given different work say so and end, before a step is made."""
from job import *

TABLE = "a,b,kind\n" + "".join(f"{i},{i * i},{'odd' if i % 2 else 'even'}\n" for i in range(40))
OVER_TABLE = re.sub(r'type = "digits"\nvalidation_split = 0.1', 'type = "csv"\ntrain = "table.csv"\nnormalize = "standard"', re.sub(r'\[\[layer\]\].*\[\[layer\]\]\ntype = "dense"\nunits = 10', '[[layer]]\ntype = "dense"\nunits = 2', NET, flags=re.S)).replace("val_loss", "loss")


class SameWork(Jobs):
    def apart(self, first, second):
        """Exit code and output of two ranks with a command each."""
        return self.finish(self.start(["mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "60", "-n", "1", *first, ":", "-n", "1", *second]))

    def test_different_recipes(self):
        for value in ("0.5", "0.01"):
            code, output = self.apart(self.command("run", "--set", "optimizer.learning_rate=0.01"), self.command("run", "--set", f"optimizer.learning_rate={value}"))
            if value == "0.01":
                self.assertEqual(code, 0, output)
                continue
            self.assertEqual(code, 2, output)
            self.assertIn('rank 1 has another recipe than rank 0: "learning_rate = 0.5", and rank 0 "learning_rate = 0.01"', output)
            self.assertFalse((self.folder / "run").exists())

    def test_different_plugins(self):
        if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
            self.skipTest("this CPU runs one variant of the plugins only")
        if not list(BUILD.glob("lib/teranga/plugins/x86-64-v3/*.so")):
            self.skipTest("this build has one variant of the plugins only")
        code, output = self.apart(["env", "TERANGA_ISA=x86-64-v3", *self.command("run")], ["env", "TERANGA_ISA=x86-64-v2", *self.command("run")])
        self.assertEqual(code, 4, output)
        self.assertIn("rank 1 has another plugin than rank 0", output)

    def places(self, second):
        for name, table in (("a", TABLE), ("b", second)):
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name / "table.csv").write_text(table)
            (self.folder / name / "net.toml").write_text(OVER_TABLE)
        return [self.command("run", "--set", "training.epochs=1", recipe=self.folder / name / "net.toml") for name in "ab"]

    def test_different_data(self):
        for table, said in ((TABLE + "1,2,odd\n", "another number of samples"), (TABLE.replace("odd", "queer"), "another field of the data"),
                            (TABLE.replace("\n3,9,", "\n3,99,"), "another preparation learnt")):
            code, output = self.apart(*self.places(table))
            self.assertEqual(code, 5, output)
            self.assertIn(f"rank 1 has {said}", output)
        code, output = self.apart(*self.places(TABLE))
        self.assertEqual(code, 0, output)

    def test_evaluation_of_different_checkpoints(self):
        self.train("run", "--set", "training.epochs=1")
        first, second = (str(self.checkpoints("run")[k]) for k in (0, -1))
        code, output = self.apart([TERANGA, "evaluate", first], [TERANGA, "evaluate", second])
        self.assertEqual(code, 5, output)
        self.assertIn("rank 1 has another checkpoint than rank 0", output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
