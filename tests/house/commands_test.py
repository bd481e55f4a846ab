# SPDX-License-Identifier: Apache-2.0
"""Set-up and quickstart on machines that are not this one: every tool they call is a small script in a folder of its
own, so that a test can say what is installed, what apt offers, who the user is, and how a training ends."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
TOOLS = ["bash", "sh", "awk", "sed", "grep", "xargs", "printf", "cat", "dirname", "basename", "realpath", "tail", "wc", "rm", "mkdir",
         "env", "nproc", "echo", "true"]
LIST = "build  g++  # compiler\nbuild  libfmt-dev  # text\nrun  openmpi-bin\nrun?  dataset-fashion-mnist\ntest  python3\n"


class Machine(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="teranga-commands-"))
        self.addCleanup(shutil.rmtree, self.place)
        self.bin, self.tree = self.place / "bin", self.place / "tree"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for path in ("cmake/setup", "launcher/quickstart"):
            (self.tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCE / path, self.tree / path)
        (self.tree / "cmake/dependencies.txt").write_text(LIST)

    def tool(self, name, text):
        path = self.bin / name
        path.write_text(f"#!{self.bin}/bash\n{text}\n")
        path.chmod(0o755)

    def debian(self, installed, offered=("g++", "libfmt-dev", "openmpi-bin", "dataset-fashion-mnist", "python3"), user=0):
        """Packages that are installed, packages that apt offers; apt-get logs its calls and installs what is offered."""
        (self.place / "installed").write_text("".join(name + "\n" for name in installed))
        (self.place / "offered").write_text("".join(name + "\n" for name in offered))
        place = self.place
        self.tool("id", f"echo {user}")
        self.tool("dpkg-query", f'grep -qx -- "${{@: -1}}" {place}/installed && printf installed')
        self.tool("apt-cache", f"""grep -qx -- "${{@: -1}}" {place}/offered && echo "  Candidate: 1.0" || echo "  Candidate: (none)"
for line in {{1..5000}}; do echo "  500 a long table of versions that a reader may not want"; done || exit 1""")
        self.tool("apt-get", f"""echo "$@" >>{place}/apt.log
for word in "$@"; do
  case $word in update | install) verb=$word ;; -* | *::*) ;; *) [ "${{verb:-}}" = install ] && packages+=" $word" ;; esac
done
for package in $packages; do grep -qx -- "$package" {place}/offered || exit 100; done
printf '%s\\n' $packages >>{place}/installed""")

    def run_here(self, *command):
        done = subprocess.run([str(self.tree / command[0]), *command[1:]], cwd=self.place, env={"PATH": str(self.bin), "HOME": str(self.place)},
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def apt_calls(self):
        log = self.place / "apt.log"
        return log.read_text().splitlines() if log.exists() else []


class SetUp(Machine):
    def test_nothing_is_called_where_all_is_installed(self):
        self.debian(installed=["g++", "libfmt-dev", "openmpi-bin", "dataset-fashion-mnist"])
        code, text = self.run_here("cmake/setup", "build", "run")
        self.assertEqual((code, self.apt_calls()), (0, []), text)

    def test_root_installs_what_is_missing_and_says_so_first(self):
        self.debian(installed=["g++"])
        code, text = self.run_here("cmake/setup", "build", "run")
        self.assertEqual(code, 0, text)
        self.assertIn("Installing from Debian: libfmt-dev openmpi-bin dataset-fashion-mnist", text)
        self.assertTrue(all("--no-remove" in call and "--no-install-recommends" in call for call in self.apt_calls()), self.apt_calls())
        self.assertNotIn("python3", (self.place / "installed").read_text())  # of a group that was not asked for

    def test_a_user_without_rights_is_told_what_to_type(self):
        self.debian(installed=["g++", "openmpi-bin"], user=1000)
        code, text = self.run_here("cmake/setup", "build", "run")
        self.assertEqual((code, self.apt_calls()), (2, []), text)
        self.assertIn("sudo apt-get install --no-install-recommends libfmt-dev dataset-fashion-mnist", text)

    def test_a_user_without_rights_goes_on_without_the_optional(self):
        self.debian(installed=["g++", "libfmt-dev", "openmpi-bin"], user=1000)
        code, text = self.run_here("cmake/setup", "build", "run")
        self.assertEqual(code, 0, text)
        self.assertIn("without these optional packages: dataset-fashion-mnist", text)

    def test_a_user_with_sudo_installs(self):
        self.debian(installed=["g++"], user=1000)
        self.tool("sudo", 'shift; exec "$@"')
        code, text = self.run_here("cmake/setup", "build")
        self.assertEqual(code, 0, text)
        self.assertIn("libfmt-dev", (self.place / "installed").read_text())

    def test_an_optional_package_that_nobody_offers_is_done_without(self):
        self.debian(installed=["g++", "libfmt-dev"], offered=["openmpi-bin"])
        code, text = self.run_here("cmake/setup", "build", "run")
        self.assertEqual(code, 0, text)
        self.assertIn("dataset-fashion-mnist is not to be had", text)

    def test_a_needed_package_that_nobody_offers_stops_with_2(self):
        self.debian(installed=["g++"], offered=[])
        code, text = self.run_here("cmake/setup", "build")
        self.assertEqual(code, 2, text)
        self.assertTrue(any(call.endswith("update") for call in self.apt_calls()), self.apt_calls())

    def test_no_install_leaves_the_machine_alone(self):
        self.debian(installed=[])
        code, text = self.run_here("cmake/setup", "--no-install", "build")
        self.assertEqual((code, self.apt_calls()), (0, []), text)
        self.assertIn("Not installed: g++ libfmt-dev", text)

    def test_elsewhere_than_on_debian_the_list_is_shown_and_configure_decides(self):
        code, text = self.run_here("cmake/setup", "build")
        self.assertEqual(code, 0, text)
        self.assertIn("g++ libfmt-dev", text)

    def test_an_unknown_group_is_refused(self):
        self.debian(installed=[])
        code, text = self.run_here("cmake/setup", "docs")
        self.assertEqual(code, 2, text)
        self.assertIn("'docs'", text)


class Unpack(Machine):
    """Packages of data, whose files come without being installed."""

    def setUp(self):
        super().setUp()
        for tool in ("timeout", "touch"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def unpack(self, *packages, **machine):
        self.debian(**machine)
        self.tool("apt-get", f"""echo "$@" >>{self.place}/apt.log
[ "${{@: -2:1}}" = download ] || exit 0
grep -qx -- "${{@: -1}}" {self.place}/offered && touch "${{@: -1}}_1.0_all.deb" && exit 0
echo "E: Unable to locate package" && exit 100""")
        self.tool("dpkg", '[ "$1" = -x ] && mkdir -p "$3/usr/share" && echo "$2" >>"$3/usr/share/unpacked"')
        done = subprocess.run(["bash", "-c", 'source "$0/cmake/setup" && unpack "$@"', self.tree, self.place / "data", *packages], cwd=self.place,
                              env={"PATH": str(self.bin), "HOME": str(self.place)}, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def test_what_is_missing_is_fetched_once_and_nothing_is_installed(self):
        for _ in range(2):
            code, text = self.unpack("books", "reviews", installed=["books"], offered=["books", "reviews"], user=1000)
            self.assertEqual(code, 0, text)
        self.assertIn("reviews_1.0_all.deb", (self.place / "data/usr/share/unpacked").read_text())
        self.assertEqual([call.split()[-2:] for call in self.apt_calls()], [["download", "reviews"]])

    def test_what_nobody_offers_is_told_and_the_rest_is_unpacked(self):
        code, text = self.unpack("books", "reviews", installed=[], offered=["reviews"])
        self.assertEqual(code, 1, text)
        self.assertIn("books IS NOT TO BE HAD (no network?): E: Unable to locate package", text)
        self.assertIn("reviews is unpacked in", text)
        code, text = self.unpack("books", installed=[], offered=["books"])  # the next time it is there
        self.assertEqual(code, 0, text)


class Quickstart(Machine):
    """With a command that writes what a training of two epochs writes, and nothing when that is there already."""

    def setUp(self):
        super().setUp()
        self.debian(installed=["g++", "libfmt-dev", "openmpi-bin", "dataset-fashion-mnist"])
        (self.tree / "launcher/recipes").mkdir()
        (self.tree / "launcher/recipes/small.toml").write_text("schema = 1\n")
        self.tool("cmake", "exit 0")
        self.tool("mpirun", 'while [ "${1##*/}" != teranga ]; do shift; done; exec "$@"')
        self.teranga("""
while [ "$1" != --run ]; do shift; done
[ -e "$2/metrics.jsonl" ] && exit 0
mkdir -p "$2/checkpoints"
printf 'x' >"$2/checkpoints/step-000000000010.h5"
printf 'x' >"$2/checkpoints/step-000000000020.h5"
printf '%s\\n' '{"event":"epoch","epoch":1,"loss":0.5,"test_accuracy":0.85,"seconds":1.25,"samples_per_second":100}' \
  '{"event":"step","step":20,"epoch":2,"loss":0.25}' \
  '{"event":"epoch","epoch":2,"loss":0.25,"test_accuracy":0.9125,"seconds":1.5,"samples_per_second":100}' >"$2/metrics.jsonl" """)

    def teranga(self, text):
        (self.tree / "build/release/bin").mkdir(parents=True, exist_ok=True)
        path = self.tree / "build/release/bin/teranga"
        path.write_text(f"#!{self.bin}/bash\n{text}\n")
        path.chmod(0o755)

    def quickstart(self, *options):
        return self.run_here("launcher/quickstart", "--recipe", str(self.tree / "launcher/recipes/small.toml"), *options)

    def test_accuracy_time_checkpoint_and_next_commands_are_printed(self):
        code, text = self.quickstart()
        self.assertEqual(code, 0, text)
        for words in ("91.25 %", "2.8 s, 2 epochs", "runs/quickstart/small/checkpoints/step-000000000020.h5",
                      f"To try next (in {self.tree.resolve()}):", "teranga evaluate runs/quickstart/small/checkpoints"):
            self.assertIn(words, text)
        self.assertNotIn("complete already", text)
        self.assertNotIn("integer expression", text)

    def test_a_second_run_gives_the_same_result_and_says_why(self):
        self.quickstart()
        code, text = self.quickstart()
        self.assertEqual(code, 0, text)
        self.assertIn("complete already", text)
        self.assertIn("91.25 %", text)

    def test_fresh_trains_again(self):
        self.quickstart()
        code, text = self.quickstart("--fresh")
        self.assertEqual(code, 0, text)
        self.assertNotIn("complete already", text)

    def test_the_exit_code_of_the_training_is_handed_on(self):
        self.teranga("exit 75")
        code, text = self.quickstart()
        self.assertEqual(code, 75, text)
        self.assertIn("the same command goes on", text)

    def test_a_failing_build_stops_before_any_training(self):
        self.tool("cmake", "exit 1")
        code, text = self.quickstart()
        self.assertEqual(code, 1, text)
        self.assertIn("the build failed", text)
        self.assertFalse((self.tree / "runs").exists())

    def test_wrong_options_are_usage(self):
        self.assertEqual(self.run_here("launcher/quickstart", "--fast")[0], 2)
        self.assertEqual(self.run_here("launcher/quickstart", "--recipe", "nowhere.toml")[0], 2)


if __name__ == "__main__":
    unittest.main()
