# SPDX-License-Identifier: Apache-2.0
"""Which program ran: what --version says, and the head of a run's log."""
import os
import re
import subprocess
import unittest

from program import ProgramTest, SOURCE


class Version(ProgramTest):
    def test_the_version_is_that_of_the_project(self):
        number = re.search(r"project\(Teranga VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual(self.good("--version"), f"teranga {number}\n")
        self.assertEqual(self.good("version"), f"teranga {number}\n")

    def test_more_is_said_where_it_is_asked_for(self):
        out = self.good("--version", "--verbose")
        self.assertRegex(out, r"(?m)^commit +([0-9a-f]{12}(-changed)?|unknown \(built without git\))$")
        self.assertRegex(out, r"(?m)^compiler +(GCC|Clang) \d+\.\d+\.\d+, \w+$")
        self.assertRegex(out, r"(?m)^libraries +.*(MPI|MPICH).*, oneDNN \d+\.\d+\.\d+, HDF5 \d+\.\d+\.\d+$")
        self.assertRegex(out, r"(?m)^instruction set +\S")
        count = len(self.good("plugin", "list").splitlines()) - 2
        self.assertRegex(out, rf"(?m)^plugins +{count} in /.*lib/teranga/plugins$")
        self.assertIn("hint: teranga --version --verbose", self.bad(2, "--version", "--long"))

    def test_the_versions_of_libraries_are_those_that_debian_installed(self):
        out = self.good("--version", "--verbose")
        for package, name in (("libdnnl2", "oneDNN"), ("libhdf5-103-1", "HDF5"), ("libopenmpi3", "Open MPI v")):
            asked = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
            if asked.returncode == 0 and asked.stdout:
                number = re.match(r"(?:\d+:)?(\d+\.\d+\.\d+)", asked.stdout).group(1)
                self.assertRegex(out, rf"{name} ?{re.escape(number)}")


class LogHead(ProgramTest):
    def head(self, ranks=1):
        self.good("train", self.recipe("mlp-iris"), "--run", "my run", "--threads", "1", "--progress", "none", "--set", "training.epochs=1", ranks=ranks)
        text = (self.place / "my run/log.txt").read_text()
        return {name: rest for name, rest in re.findall(r"(?m)\b(program|libraries|instruction set|command|folder|date|hosts|plugins): (.*)$", text)}, text

    def test_the_log_begins_with_all_that_one_needs_to_repeat_the_run(self):
        head, text = self.head()
        self.assertLess(text.index("program: "), text.index("recipe mlp-iris"))
        self.assertRegex(head["program"], r"^Teranga \d+\.\d+\.\d+, commit \S.*, (GCC|Clang) [\d.]+, \w+$")
        self.assertIn("oneDNN", head["libraries"])
        self.assertEqual(head["folder"], os.path.realpath(self.place))
        self.assertRegex(head["date"], r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$")
        self.assertRegex(head["hosts"], r"^\S+: 1 process x 1 thread, \d+ cores?$")
        self.assertRegex(head["plugins"], r"\bdatasets_csv [\d.]+ \([0-9a-f]{8}\)")
        self.assertRegex(head["plugins"], r"\boptimizers [\d.]+ \([0-9a-f]{8}\)")

    def test_the_command_can_be_typed_again(self):
        head, _ = self.head()
        self.assertTrue(head["command"].startswith("teranga train "), head["command"])
        code, out, err = self.run_line(head["command"])
        self.assertEqual(code, 0, err)

    def test_several_processes_are_one_line_of_hosts(self):
        head, text = self.head(ranks=2)
        self.assertRegex(head["hosts"], r"^\S+: 2 processes x 1 thread, \d+ cores?$")
        self.assertEqual(text.count("program: "), 1)

    def test_the_terminal_is_not_told_what_the_log_keeps(self):
        _, _, err = self.run_it("train", self.recipe("mlp-iris"), "--run", "r", "--threads", "1", "--progress", "plain", "--set", "training.epochs=1")
        self.assertNotIn("libraries: ", err)
        self.assertIn("recipe mlp-iris", err)


if __name__ == "__main__":
    unittest.main()
