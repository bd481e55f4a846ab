# SPDX-License-Identifier: Apache-2.0
"""Cases that produce hints and follow them. A test of an area lists its cases and the sources that the area is made of: each case must print its hint, following the hint must lead to a
command that succeeds, and no hint of the area's sources may be left without a case."""
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

sys.path.append(str(Path(__file__).resolve().parents[1] / "launcher"))
import sources
from program import SOURCE, ProgramTest

CHECK = "check recipe.toml --data"
TRAIN = "train recipe.toml --run run --progress none --threads 1"


@dataclass
class Case:
    name: str
    hint: str                  # a part of the hint, word for word
    says: str = ""             # a part of the message
    run: str = CHECK           # the words behind `teranga`, or a whole line for the shell behind "$ "; {place} is the folder of the case, here and in the hint
    of: str = ""               # the recipe without the mistake, which is written to recipe.toml
    wrong: tuple = ()          # edits of the recipe that make the mistake: (text, other text), ...
    files: dict = field(default_factory=dict)  # name -> text or bytes
    before: tuple = ()         # commands that come first and succeed, with the recipe that has no mistake
    prepare: Optional[Callable] = None  # prepare(place): what else must be so before the command
    code: int = 2              # exit code of the mistake; 0: the hint is of a warning
    fix: tuple = ()            # edits of the wrong recipe that the hint tells
    follow: Optional[Callable] = None  # follow(place): what the hint tells to do apart from the recipe and the command
    shell: str = ""            # a command that the hint tells for a shell, behind `follow`; {place}: the folder of the case
    then: str = ""             # the command that the hint tells; otherwise the same command again
    in_words: bool = False     # the hint tells the fix in words, or for an example of its own
    through: tuple = ()        # words of a command that runs the program
    input: Optional[str] = None
    environment: dict = field(default_factory=dict)


def edited(text, edits):
    for old, new in edits:
        if old not in text:
            raise AssertionError(f"{old!r} is not in the recipe:\n{text}")
        text = text.replace(old, new, 1)
    return text


def hints_in(said):
    return [line.strip().removeprefix("hint: ") for line in said.splitlines() if line.strip().startswith("hint: ")]


def new_words(case):
    """What the fix and the command add: the hint has to say each."""
    for old, new in case.fix:
        yield from (line for line in new.splitlines() if line not in old.splitlines())
    known = shlex.split(case.run) + ["$", "&&", "teranga"]
    yield from (word for word in shlex.split(case.then) if word not in known)


class HintTest(ProgramTest):
    """For an area: `area` are the folders and files of its sources, `cases` its cases."""
    area = ()
    cases = ()
    elsewhere = ()  # what no command can be made to print: (file, a part of the message, the test that prints it and follows its hint)
    complete = True  # False: cases are missing, where nothing can be preloaded

    def here(self, text):
        return text.replace("{place}", str(self.place))

    def write(self, case):
        for name, content in case.files.items():
            path = self.place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if case.of:
            (self.place / "recipe.toml").write_text(case.of)

    def say(self, case, words):
        words, environment = self.here(words), {name: self.here(value) for name, value in case.environment.items()}
        code, out, err = self.run_line(words[2:], given=case.input, **environment) if words.startswith("$ ") else self.run_it(*shlex.split(words), given=case.input, through=case.through, **environment)
        return code, err + out

    def run_in_shell(self, command, said):
        self.assertTrue(any(command in hint for hint in hints_in(said)), f"no hint says {command!r}:\n{said}")
        done = subprocess.run(command, shell=True, cwd=self.place, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def produce_and_follow(self, case):
        for old in list(self.place.iterdir()):
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        self.write(case)
        for words in case.before:
            code, said = self.say(case, words)
            self.assertEqual(code, 0, said)
        recipe = edited(case.of, case.wrong)
        if case.of:
            (self.place / "recipe.toml").write_text(recipe)
        if case.prepare:
            case.prepare(self.place)
        code, said = self.say(case, case.run)
        self.assertEqual(code, case.code, said)
        self.assertIn(case.says, said)
        self.assertTrue(any(self.here(case.hint) in hint for hint in hints_in(said)), said)
        for word in () if case.in_words else new_words(case):
            self.assertTrue(any(self.here(word.strip()) in hint for hint in hints_in(said)), f"no hint says {word!r}:\n{said}")
        if case.fix:
            (self.place / "recipe.toml").write_text(edited(recipe, [(old, self.here(new)) for old, new in case.fix]))
        if case.follow:
            case.follow(self.place)
        if case.shell:
            self.run_in_shell(case.shell.format(place=self.place), said)
        self.assertTrue(case.fix or case.follow or case.shell or case.then, "the case does not follow its hint")
        code, then = self.say(case, case.then or case.run)
        self.assertEqual(code, 0, f"{said}\nAfter the hint was followed:\n{then}")
        self.assertFalse(any(self.here(case.hint) in hint for hint in hints_in(then)), then)
        return said

    def test_each_hint_leads_to_a_command_that_succeeds(self):
        outputs = []
        for case in self.cases:
            with self.subTest(case.name):
                outputs.append(self.produce_and_follow(case))
        self.none_is_left_out(outputs)

    def is_elsewhere(self, site):
        return any(site.file.startswith(file) and any(re.escape(part) in message for message in site.messages) for file, part, _ in self.elsewhere)

    def none_is_left_out(self, outputs):
        if not self.complete:
            return
        outputs = [(said, "\n".join(hints_in(said))) for said in outputs]
        for site in sources.sites(SOURCE)[0]:
            if not site.file.startswith(self.area) or self.is_elsewhere(site):
                continue
            with self.subTest(f"{site.file}:{site.line}"):
                told = [hints for said, hints in outputs if not site.messages or any(re.search(message, said) for message in site.messages)]
                self.assertTrue(told, f"no case prints the message {site.messages}")
                for hint in site.hints:
                    self.assertTrue(any(re.search(hint, hints) for hints in told), f"no case follows the hint {hint}")
