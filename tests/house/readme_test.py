# SPDX-License-Identifier: Apache-2.0
"""readme_test.py SOURCE BUILD [authors]: the pages for people are true. README.md and every page that it names, and the guides: their commands run in order, their
recipes train, their plugin is the one that the installed-tree test builds, and the files that they mention exist. With "authors", these are the pages for authors of
plugins in framework/sdk/guide, whose commands run with an installed tree.

A fenced block of a page is one of these. `sh`: commands, run in a folder in which launcher and datasets are those of the source. `LANGUAGE FILE`: that
file, which commands after it may use. `console`: commands that can be run, and are not. `cpp` and `cmake`: the plugin. `text`: none of these."""
import os, pathlib, re, shutil, subprocess, sys, tempfile

from samples_for_pages import make_samples

FENCE = re.compile(r"^```(\w*)(?: +([^\n]+))?\n(.*?)^```$", re.S | re.M)
MENTIONED = re.compile(r"`((?:framework|cmake|launcher|tests|datasets|plugins)/[\w./-]+)`")
PLUGIN = {"cpp": "tests/stranger/swish.cpp", "cmake": "tests/stranger/CMakeLists.txt"}
AUTHORS = "framework/sdk/guide"
LANGUAGES = {"sh", "console", "text", "toml", "csv", *PLUGIN}


def code(text):
    """Without the comment at the head."""
    lines = text.splitlines()
    while lines and (lines[0].startswith(("//", "#")) and not lines[0].startswith("#include")):
        lines.pop(0)
    return lines


class Page:
    def __init__(self, source, prefix, path):
        """`prefix`: where bin/teranga is, of the build or of an installed tree."""
        self.source, self.prefix, self.path = source, prefix, path
        self.text = (source / path).read_text()
        self.failures, self.commands = [], 0

    def fail(self, text):
        self.failures.append(f"{self.path}: {text}")

    def check(self):
        for mentioned in MENTIONED.findall(self.text):
            if not (self.source / mentioned).exists():
                self.fail(f"there is no {mentioned}")
        with tempfile.TemporaryDirectory(prefix="teranga-page-") as folder:
            place = pathlib.Path(folder)
            for name in ("launcher", "datasets"):
                (place / name).symlink_to(self.source / name)
            make_samples(place)
            for language, name, text in FENCE.findall(self.text):
                self.block(place, language, name, text)
        return self.failures

    def block(self, place, language, name, text):
        if language not in LANGUAGES:
            self.fail(f"a block of \"{language}\", and nothing says how to check it")
        elif name:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        elif language == "sh":
            self.run(place, text)
        elif language == "console":
            for command in text.split():
                if not os.access(self.source / command, os.X_OK):
                    self.fail(f"{command} cannot be run")
        elif language in PLUGIN and code(text) != code((self.source / PLUGIN[language]).read_text()):
            self.fail(f"its {language} block is not {PLUGIN[language]}")
        elif language == "toml":
            self.fail("a recipe without a file name: ```toml FILE")

    def run(self, place, commands):
        environment = dict(os.environ, PATH=f"{self.prefix / 'bin'}:{os.environ['PATH']}", PKG_CONFIG_PATH=str(self.prefix / "lib/pkgconfig"), CMAKE_PREFIX_PATH=str(self.prefix), OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                           OMPI_MCA_rmaps_base_oversubscribe="1")
        for command in re.sub(r"\\\n\s*", "", commands).splitlines():
            if not command or command.startswith("#"):
                continue
            self.commands += 1
            print(f"$ {command}", flush=True)
            if subprocess.run(command, shell=True, cwd=place, env=environment, stdin=subprocess.DEVNULL, timeout=300).returncode != 0:
                self.fail(f"this fails: {command}")


def pages_of(source):
    """README.md, the pages that it names, and those of the guides."""
    named = [path for path in re.findall(r"`([\w/.-]+\.md)`", (source / "README.md").read_text()) if not path.startswith(AUTHORS)]
    guides = [str(path.relative_to(source)) for path in sorted((source / "launcher/guides").glob("*.md"))]
    unnamed = [path for path in guides if path not in named]
    return ["README.md", *dict.fromkeys(named + guides)], [f"README.md: does not name {path}" for path in unnamed]


def authors(source, build):
    """The failures of the pages for authors."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="teranga-authors-") as folder:
        subprocess.run(["cmake", "--install", build, "--prefix", folder], check=True, stdout=subprocess.DEVNULL, timeout=300)
        for path in sorted((source / AUTHORS).glob("*.md")):
            failures += Page(source, pathlib.Path(folder), str(path.relative_to(source))).check()
    return failures


def main():
    source, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    if sys.argv[3:] == ["authors"]:
        failures = authors(source, build)
        print("\n".join(failures))
        return bool(failures)
    paths, failures = pages_of(source)
    for path in paths:
        if not (source / path).exists():
            failures.append(f"README.md: there is no {path}")
            continue
        page = Page(source, build, path)
        failures += page.check()
        if path == "README.md" and page.commands < 5:
            failures.append("README.md: its commands were not found")
    lines = (source / "README.md").read_text().count("\n")
    if lines > 150:
        failures.append(f"README.md: has {lines} lines; 150 at most, the rest belongs to the pages that it names")
    print("\n".join(failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
