# SPDX-License-Identifier: Apache-2.0
"""The manual pages and the completion of command lines: all commands and options of the help are in them, troff takes the pages without a warning, and
bash, zsh and fish complete as they are meant to."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
import unittest

from program import PROGRAM, ProgramTest, SOURCE


def options_in(text):
    """The options that a help lists: --output, and -o where it has a letter."""
    part = text.split("\noptions:\n")[1].split("\nexamples:")[0]
    return re.findall(r"^  (?:(-\w), )?(--[\w-]+)", part, re.M)


def plain(page):
    """A page as a terminal without bold shows it."""
    shown = subprocess.run(["groff", "-man", "-Tascii", "-P-c", "-P-b", "-P-u", "-rLL=200n"], input=page, capture_output=True, text=True, check=True)
    return shown.stdout


class Pages(ProgramTest):
    def setUp(self):
        super().setUp()
        self.good("reference", "--share", "share")
        self.commands = re.findall(r"^  ([\w-]+(?: \w+)?)  ", self.good("--help"), re.M)
        self.assertGreater(len(self.commands), 15)

    def page(self, name, section=1):
        return (self.place / f"share/man/man{section}/{name}.{section}").read_text()

    def test_every_command_has_a_page_with_all_its_options_and_examples(self):
        whole = plain(self.page("teranga"))
        for command in self.commands:
            name = "teranga-" + command.replace(" ", "-")
            self.assertIn(f"teranga {command}", whole)
            help_text, page = self.good(*command.split(), "--help"), plain(self.page(name))
            for letter, option in options_in(help_text):
                self.assertRegex(page, rf"(?m)^ +{letter + ', ' if letter else ''}{option}( |$)", name)
            for example in help_text.split("\nexamples:\n")[1].splitlines():
                self.assertIn(example.strip(), page)
            self.assertIn("teranga-recipe(5)", page)
        self.assertEqual(len(list((self.place / "share/man/man1").iterdir())), len(self.commands) + 1)

    def test_the_page_of_recipes_has_every_key_of_the_reference(self):
        page = plain(self.page("teranga-recipe", 5))
        reference = (SOURCE / "launcher/reference.md").read_text()
        keys = re.findall(r"^\| `(\w+)` \|", reference, re.M)
        self.assertGreater(len(keys), 200)
        for key in keys:
            self.assertRegex(page, rf"(?m)^ +{key}( |$)")
        self.assertIn("default: 32", page)
        self.assertIn("example: batch_size = 64", page)

    def test_troff_takes_all_pages_without_a_warning(self):
        pages = sorted((self.place / "share/man").rglob("*.[15]"))
        self.assertGreater(len(pages), 15)
        for page in pages:
            for command in (["mandoc", "-Tlint", "-Wwarning"], ["groff", "-man", "-ww", "-Tutf8", "-z"]):
                done = subprocess.run([*command, str(page)], capture_output=True, text=True)
                self.assertEqual(done.stdout + done.stderr, "", page)

    def test_one_page_of_recipes_can_be_asked_for(self):
        self.assertEqual(self.good("reference", "--format", "man"), self.page("teranga-recipe", 5))
        self.assertIn("units = 1", plain(self.good("reference", "layer", "dense", "--format", "man")))

    def test_wrong_words_are_refused(self):
        self.assertIn("takes no --format", self.bad(2, "reference", "--share", "x", "--format", "man"))
        self.assertIn("hint: teranga reference --format zsh", self.bad(2, "reference", "layer", "--format", "zsh"))
        (self.place / "file").write_text("")
        self.assertIn("file/man/man1/teranga.1 cannot be written", self.bad(1, "reference", "--share", "file"))


class Completion(ProgramTest):
    def setUp(self):
        super().setUp()
        for name in ("net.toml", "other.txt"):
            (self.place / name).write_text("")
        (self.place / "two words").mkdir()

    def script(self, shell, name="completion"):
        path = self.place / name
        path.write_text(self.good("reference", "--format", shell))
        return path


class Bash(Completion):
    def offers(self, *words):
        """What bash offers for the last of the words."""
        line = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _teranga; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", line, str(self.script("bash", "completion.sh")), *words], cwd=self.place, capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    def test_commands_and_groups(self):
        self.assertEqual(self.offers("teranga", "ch"), ["check", "checkpoint"])
        self.assertEqual(self.offers("teranga", "plugin", ""), ["list", "describe", "check", "new", "--help"])
        self.assertIn("checkpoint", self.offers("teranga", "help", "c"))

    def test_options_of_every_command_are_those_of_its_help(self):
        for command in re.findall(r"^  (\w+(?: \w+)?)  ", self.good("--help"), re.M):
            wanted = [option for _, option in options_in(self.good(*command.split(), "--help"))]
            self.assertEqual(self.offers("teranga", *command.split(), "--"), wanted, command)

    def test_values(self):
        self.assertEqual(self.offers("teranga", "train", "--progress", ""), ["auto", "bar", "plain", "json", "none"])
        self.assertEqual(self.offers("teranga", "train", "--progress", "=", "pl"), ["plain"])
        self.assertEqual(self.offers("teranga", "train", "--set", "training.ep"), ["training.epochs="])
        self.assertEqual(self.offers("teranga", "train", "--set", "="), self.offers("teranga", "train", "--set", ""))
        self.assertEqual(self.offers("teranga", "train", "--run", ""), ["two words"])
        self.assertEqual(set(self.offers("teranga", "train", "--resume", "")), {"auto", "never", "net.toml", "other.txt", "two words", "completion.sh"})

    def test_operands(self):
        self.assertEqual(set(self.offers("teranga", "train", "")), {"net.toml", "two words"})
        self.assertEqual(set(self.offers("teranga", "train", "--fresh", "")), {"net.toml", "two words"})
        self.assertIn("dataset", self.offers("teranga", "plugin", "list", ""))
        self.assertEqual(self.offers("teranga", "plugin", "describe", "conv2d_t"), ["conv2d_transpose"])
        self.assertIn("training", self.offers("teranga", "reference", "tr"))


PROMPT = "ready> "


def typed(command, steps, place, environment):
    """What a shell shows on a terminal. Each step is a text that it must have shown since the keys before, and the keys that are typed then."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(place)
        os.execvpe(command[0], command, {**environment, "PS1": PROMPT})
    shown, since = "", 0
    deadline = time.monotonic() + 60
    try:
        for wanted, keys in steps:
            while wanted not in shown[since:] and time.monotonic() < deadline:
                if select.select([terminal], [], [], 0.25)[0]:
                    shown += os.read(terminal, 65536).decode(errors="replace")
                    shown = re.sub("(?s).\b", "", shown)  # what zsh writes and takes back
            since = len(shown)
            os.write(terminal, keys.encode())
    except OSError:
        pass
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    return shown


class Shells(Completion):
    def environment(self):
        return {**os.environ, "PATH": f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}", "TERM": "dumb", "HOME": str(self.place), "HISTFILE": "/dev/null"}

    # What is typed after a prompt, and after what; the last text is what must be shown in the end.
    LINES = {"teranga checkpoint verify two\\ words/": [(PROMPT, "teranga checkp\t"), ("checkpoint", "ver\t"), ("verify", "two\t"), ("words/", "")],
             "teranga train net.toml --progress=plain --set training.epochs=3": [(PROMPT, "teranga train ne\t"), ("net.toml", "--progress=pl\t"), ("plain", "--set training.ep\t"), ("epochs=", "3"), ("3", "")]}

    def test_bash_completes_a_line_that_is_typed(self):
        self.script("bash", "completion.sh")
        for line, steps in self.LINES.items():
            self.assertIn(line, typed(["bash", "--norc", "--noprofile", "-i"], [(PROMPT, "source completion.sh\n"), *steps], self.place, self.environment()))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_completes_a_line_that_is_typed(self):
        self.script("zsh", "_teranga")
        start = (PROMPT, "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D\n")
        for line, steps in self.LINES.items():
            self.assertIn(line, typed(["zsh", "-f", "-i"], [start, *steps], self.place, self.environment()))
        shown = typed(["zsh", "-f", "-i"], [start, (PROMPT, "teranga \t"), ("train the network of a recipe", "")], self.place, self.environment())
        self.assertIn("train the network of a recipe", shown)
        for command in re.findall(r"^  (\w+(?: \w+)?)  ", self.good("--help"), re.M):
            with self.subTest(command):
                shown = typed(["zsh", "-f", "-i"], [start, (PROMPT, f"teranga {command} --hel\t"), ("--help", "")], self.place, self.environment())
                self.assertIn(f"teranga {command} --help", shown)
                self.assertNotIn("_arguments", shown)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_commands_options_and_values(self):
        script = self.script("fish", "completion.fish")

        def offers(line):
            done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], cwd=self.place, env=self.environment(), capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            return [one.split("\t")[0] for one in done.stdout.splitlines()]

        self.assertEqual(offers("teranga ch"), ["check", "checkpoint"])
        self.assertEqual(set(offers("teranga plugin ")), {"list", "describe", "check", "new"})
        self.assertEqual(set(offers("teranga train --progress ")), {"auto", "bar", "plain", "json", "none"})
        self.assertEqual(offers("teranga train --set training.ep"), ["training.epochs="])
        self.assertIn("net.toml", offers("teranga train "))
        self.assertIn("conv2d_transpose", offers("teranga plugin describe conv2d_t"))
        for command in re.findall(r"^  (\w+(?: \w+)?)  ", self.good("--help"), re.M):
            wanted = {option for _, option in options_in(self.good(*command.split(), "--help"))}
            self.assertEqual(set(offers(f"teranga {command} --")), wanted, command)


if __name__ == "__main__":
    unittest.main()
