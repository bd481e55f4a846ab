# SPDX-License-Identifier: Apache-2.0
"""`teranga plugin check` names each guest of the zoo by the rule of the table, and by no other than those that the same fault breaks."""
import concurrent.futures
import json
import os
import subprocess
import unittest

import zoo

# What the checker warns of or takes note of: the exit code is 0.
MILD = {"step_allocates", "speed_slow", "items_two_vendors", "plan_no_update_state", "masks_end", "observer_begins_only", "masks_divides_by_all", "numbers_hide_nan", "dataset_copied_part"}
# Where the rule is one of the full check, or each process would last until its limit.
WORDS = {"speed_slow": ["--level", "full", "--only", "speed"], "calls_loop": ["--only", "plan", "--time-limit", "5s"]}


def check(guest):
    words = ["--json", "-", "--threads", "1", *WORDS.get(guest.name, ["--time-limit", "30s"])]
    done = subprocess.run([zoo.PROGRAM, "plugin", "check", guest.library, *words], capture_output=True, text=True, timeout=600)
    return guest, done


class Check(unittest.TestCase):
    def test_each_guest_is_named_by_its_rule(self):
        some = list(zoo.guests())
        self.assertGreaterEqual(len(some), 1 if zoo.WANTED else 20)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for guest, done in pool.map(check, some):
                with self.subTest(guest=guest.name):
                    findings = [(finding["rule"], finding["severity"], finding["text"]) for result in json.loads(done.stdout)["libraries"][0]["results"] for finding in result["findings"]]
                    errors = {rule for rule, severity, _ in findings if severity == "error"}
                    print(f"{guest.name}: {' '.join(sorted(errors))}", flush=True)
                    self.assertIn(guest.rule, {rule for rule, _, _ in findings}, findings)
                    self.assertEqual(done.returncode, 4 if errors else 0, done.stderr)
                    if guest.name not in MILD:
                        self.assertIn(guest.rule, errors)
                    if "*" not in guest.also:
                        self.assertEqual(errors - {guest.rule} - guest.also, set(), findings)
                    said = zoo.WORDS_OF.get(guest.name, "")
                    self.assertTrue(any(said in text for _, _, text in findings), findings)
                    for _, _, text in findings:
                        self.assertNotEqual(text.strip(), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
