# SPDX-License-Identifier: Apache-2.0
"""teranga plugin check: what it prints, writes and ends with. The rules have tests of their own in tests/conformance."""
import json
import os
import subprocess
import time
import unittest
from pathlib import Path

from program import PROGRAM, SOURCE, ProgramTest

GUEST = SOURCE / "tests/conformance/guest.c"


@unittest.skipIf(os.environ.get("TERANGA_SANITIZE"), "sanitizers have an allocator of their own")
class PluginCheck(ProgramTest):
    def guest(self, name, *macros):
        """A plugin in the folder of the test, made with these macros; the path of its file."""
        path = self.place / f"{name}.so"
        flags = ["-std=gnu11", "-shared", "-fPIC", "-fvisibility=hidden", "-w", f"-I{SOURCE / 'framework/sdk/include'}", *(f"-D{macro}" for macro in macros)]
        subprocess.run([os.environ.get("CC", "cc"), *flags, str(GUEST), "-o", str(path), "-lpthread"], check=True, timeout=100)
        return path

    def report(self, code, *words):
        found, out, err = self.run_it("plugin", "check", *words, "--json", "-")
        self.assertEqual(found, code, err)
        return json.loads(out)

    def test_a_right_plugin_passes(self):
        self.guest("right")
        out = self.good("plugin", "check", "right.so", "--only", "life", "--only", "options")
        self.assertIn(f"{self.place.resolve()}/right.so\n", out)
        self.assertRegex(out, r"initializer guest\.fill +5 +0 +0")
        self.assertIn("passed: 1 library, 1 item, 5 rules tried, 0 failed; 0 errors, 0 warnings (level quick)\n", out)

    def test_a_fault_is_told_with_its_place_and_its_cure(self):
        self.guest("wrong", "CRASH_AT_END")
        code, out, _ = self.run_it("plugin", "check", "wrong.so", "--only", "options")
        self.assertEqual(code, 4)
        self.assertRegex(out, r"initializer guest\.fill +1 +1 +0 +calls/crash")
        self.assertIn("\nerror calls/crash: initializer guest.fill\n  what   crashed with signal 11 (Segmentation fault) within its call create\n  where  value = 10.0\n  mend   ", out)
        self.assertIn("\n  found  by options/range\n", out)
        self.assertIn("\nfailed: 1 library, 1 item, 2 rules tried, 1 failed; 1 error, 0 warnings (level quick)\n", out)

    def test_the_same_of_several_rules_is_told_once(self):
        self.guest("wrong", "EXIT")
        code, out, _ = self.run_it("plugin", "check", "wrong.so", "--only", "life", "--only", "options")
        self.assertEqual(code, 4)
        self.assertEqual(out.count("exit code 0 within its call create"), 1)
        self.assertRegex(out, r"\n  where  .*; and 3 more\n")  # with options at their ends, and by default
        self.assertRegex(out, r"found  by options/range, life/leaks, life/errors, life/repeatable\n")
        self.assertRegex(out, r"item +passed +failed +not applicable +failed by\n")

    def test_a_table_without_faults_has_no_column_of_them_and_says_what_does_not_apply(self):
        self.guest("right", "RIGHT")
        _, out, _ = self.run_it("plugin", "check", "right.so", "--only", "life")
        self.assertRegex(out, r"item +passed +failed +not applicable\n")
        self.assertNotIn("failed by", out)

    def test_a_report_is_written_as_json(self):
        self.guest("wrong", "LEAK")
        report = self.report(4, "wrong.so", "--only", "life/leaks")
        self.assertFalse(report["passed"])
        self.assertEqual(report["level"], "quick")
        library = report["libraries"][0]
        self.assertEqual(library["items"], [{"kind": 7, "name": "guest.fill", "tried": True}])
        self.assertEqual([result["outcome"] for result in library["results"]], ["failed"])
        finding = library["results"][0]["findings"][0]
        self.assertEqual((finding["severity"], finding["rule"], finding["item"]), ("error", "life/leaks", "initializer guest.fill"))
        self.assertIn("create and destroy 1000 times left", finding["text"])
        self.run_it("plugin", "check", "wrong.so", "--only", "life/leaks", "--json", "report.json")
        written = json.loads((self.place / "report.json").read_text())
        again, = written["libraries"][0]["results"][0]["findings"]
        self.assertEqual({**again, "text": ""}, {**finding, "text": ""})  # the bytes of a leak differ by a few from run to run
        self.assertRegex(again["text"], r"create and destroy 1000 times left \d+ bytes behind")

    def test_a_library_of_the_search_path_has_a_name(self):
        out = self.good("plugin", "check", "schedules", "--only", "library")
        self.assertIn("plugins/", out)
        self.assertIn("passed: 1 library, ", out)
        self.assertIn("teranga plugin check schedules\n", self.bad(2, "plugin", "check", "schedule"))

    def test_a_folder_is_checked_whole(self):
        self.guest("one")
        self.guest("two", "NO_NOTE")
        code, out, _ = self.run_it("plugin", "check", ".", "--only", "symbols/note")
        self.assertEqual(code, 4)
        self.assertIn("error symbols/note: library\n", out)
        self.assertIn("failed: 2 libraries, ", out)
        (self.place / "empty").mkdir()
        self.assertIn("the folder holds no file that ends in .so", self.bad(4, "plugin", "check", "empty"))

    def test_an_item_of_a_folder_is_that_of_some_library(self):
        folder = Path(PROGRAM).resolve().parent.parent / "lib/teranga/plugins"
        out = self.good("plugin", "check", folder, "--only", "facts", "--item", "conv2d", "--item", "adam")
        self.assertIn("passed: 2 libraries, ", out)
        self.assertNotIn("layers_core", out)
        self.assertIn("passed: 2 libraries, ", self.good("plugin", "check", "losses", "schedules", "--only", "options", "--set", "warmup_steps=5"))
        said = self.bad(2, "plugin", "check", "losses", "schedules", "--only", "facts", "--item", "mean_squared_eror")
        self.assertIn('none of the 2 libraries has an item "mean_squared_eror"', said)
        self.assertIn("--item mean_squared_error", said)
        code, _, said = self.run_it("plugin", "check", "losses", "schedules", "--only", "facts", "--set", "warmup_step=5")
        self.assertEqual(code, 2)
        self.assertIn("no item has such an option", said)

    def test_limits_are_given(self):
        self.guest("slow", "LOOP")
        finding = self.report(4, "slow.so", "--only", "life/leaks", "--time-limit", "1s")["libraries"][0]["results"][0]["findings"][0]
        self.assertEqual(finding["rule"], "calls/time")
        self.assertIn("within 1 s", finding["text"])
        self.guest("hungry", "HUNGRY")
        rules = {finding["rule"] for finding in self.report(4, "hungry.so", "--only", "options/range", "--memory-limit", "512M")["libraries"][0]["results"][0]["findings"]}
        self.assertIn("calls/memory", rules)
        for limit in ("4", "many", "-1G", "4KB"):
            self.assertIn("--memory-limit: expected a size such as 512M or 4G", self.bad(2, "plugin", "check", "slow.so", f"--memory-limit={limit}"))

    def working_in(self, folder):
        """Processes whose working folder lies in this one."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").resolve().is_relative_to(folder):
                    found.append(process.name)
            except OSError:  # it has just ended
                pass
        return found

    def test_a_check_that_is_killed_leaves_nothing_behind(self):
        self.guest("slow", "LOOP")
        places = self.place / "places"
        places.mkdir()
        program = subprocess.Popen([PROGRAM, "plugin", "check", "slow.so", "--only", "life/leaks"], cwd=self.place, env={**os.environ, "TMPDIR": str(places)})
        end = time.monotonic() + 60
        while not self.working_in(places.resolve()):
            self.assertLess(time.monotonic(), end, "no process has begun")
            time.sleep(0.05)
        program.kill()
        program.wait()
        while self.working_in(places.resolve()) or list(places.iterdir()):
            self.assertLess(time.monotonic(), end, "something is left")
            time.sleep(0.05)

    def test_mistakes_are_named(self):
        self.guest("right")
        self.assertIn('there is no rule "life/leak"', self.bad(2, "plugin", "check", "right.so", "--only", "life/leak"))
        self.assertIn('has no item "fil"', self.bad(2, "plugin", "check", "right.so", "--item", "fil"))
        self.assertIn("no item has such an option", self.bad(2, "plugin", "check", "right.so", "--set", "values=3"))
        self.assertIn("expected NAME=VALUE", self.bad(2, "plugin", "check", "right.so", "--set", "value"))
        self.assertIn("expected FILE..., found nothing", self.bad(2, "plugin", "check"))

    def test_rules_are_listed(self):
        out = self.good("plugin", "check", "--list")
        for rule in ("symbols/note", "life/leaks", "calls/crash"):
            self.assertRegex(out, rf"(?m)^{rule} +\S")

    def test_each_rule_is_told_when_asked_for(self):
        self.guest("right")
        out = self.good("plugin", "check", "right.so", "--only", "life", "--verbose", "--here")
        self.assertRegex(out, r"initializer guest\.fill +life/leaks +passed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
