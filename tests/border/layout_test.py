# SPDX-License-Identifier: Apache-2.0
"""The layout of the border is the published one, by its list and by abidiff against a library of the first release; and a test of this test: copies of the headers in which
something was moved, changed or taken away are refused, and those that have only more at the ends are not."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import layout
import layout_library

LIST = pathlib.Path(__file__).parent / "layout.txt"
FIRST = layout.ROOT / "tests/golden/border-1.0/layout.so"

# What an edit does: the file, what stands there, what takes its place.
BREAKS = {
    "a field that moved": ("types.h", r"  int32_t code;([^\n]*)\n  int32_t reserved;", r"  int32_t reserved;\n  int32_t code;\1"),
    "a field before others": ("training.h", r"(typedef struct trg_update \{\n  size_t size;)", r"\1\n  int64_t sooner;"),
    "a field that is gone": ("layer.h", r"  int64_t range_begin, range_end;[^\n]*\n", ""),
    "a number of another type": ("training.h", r"int64_t count;( +/\* of weights)", r"double count;\1"),
    "a longer text": ("types.h", r"char where\[256\]", "char where[512]"),
    "a call with one argument less": ("training.h", r"\(void\* schedule, int64_t step, int64_t epoch,", "(void* schedule, int64_t step,"),
    "a call that gives something else": ("layer.h", r"int32_t \(\*needs\)", "int64_t (*needs)"),
    "a longer struct that is frozen": ("types.h", r"  int32_t type; /\* enum trg_type \*/\n", "  int32_t type;\n  int64_t strides;\n"),
    "an enumerator that is gone": ("types.h", r", TRG_U8 = 4", ""),
    "an enumerator of another value": ("types.h", r"TRG_I64 = 3", "TRG_I64 = 7"),
    "a struct that is gone": ("observer.h", r"typedef struct trg_training_end \{[^}]*\} trg_training_end;", "typedef trg_training_step trg_training_end;"),
    "a constant of another value": ("library.h", r"#define TRG_NOTE_TYPE 1", "#define TRG_NOTE_TYPE 2"),
    "an ability of another name": ("layer.h", r"teranga\.activation_lender/1", "teranga.activation_lender/2"),
}
ADDS = {
    "a field behind the others": ("types.h", r"  char hint\[512\];", "  char hint[512];\n  int64_t line;"),
    "a call behind the others": ("training.h", r"\} trg_schedule_calls;", "  int32_t (*step_end)(void* schedule, int64_t step, trg_error* error);\n} trg_schedule_calls;"),
    "an enumerator": ("types.h", r"TRG_U8 = 4", "TRG_U8 = 4, TRG_U16 = 5"),
    "a struct": ("types.h", r"(typedef struct trg_options \{)", r"typedef struct trg_more {\n  size_t size;\n} trg_more;\n\n\1"),
    "a newer minor version": ("types.h", r"#define TRG_BORDER_MINOR \d+", "#define TRG_BORDER_MINOR 99"),
}
# What a list of constants shows and debugging information does not.
MACROS = {"a constant of another value", "an ability of another name"}


class Layout(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="teranga-layout-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.published = layout.read(LIST.read_text())

    def edited(self, edit):
        name, old, new = edit
        headers = self.folder / f"headers-{len(list(self.folder.iterdir()))}"
        shutil.copytree(layout.HEADERS, headers)
        file = headers / "teranga/sdk/c" / name
        text, count = re.subn(old, new, file.read_text(), count=1)
        self.assertEqual(count, 1, "the edit no longer fits the header")
        file.write_text(text)
        return headers

    def abidiff(self, headers, first=FIRST):
        """0: nothing has changed but what the list knows to have grown."""
        now = layout.layout(headers)
        grown = [title.split()[1] for title, entries in self.published.items()
                 if title.startswith("struct") and now.get(title, entries) != entries and not layout.differences({title: entries}, now)[0]]
        rules = self.folder / "grown.txt"
        rules.write_text("".join(f"[suppress_type]\n  name = {name}\n  has_data_member_inserted_at = end\n\n" for name in grown))
        layout_library.library(headers, self.folder / "now.so")
        done = subprocess.run(["abidiff", "--leaf-changes-only", "--no-added-syms", "--suppressions", rules, first, self.folder / "now.so"], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def test_the_border_is_as_published(self):
        broken, come = layout.differences(self.published, layout.layout(layout.HEADERS))
        self.assertEqual(broken, [], "plugins of others would no longer work")
        self.assertEqual(come, [], f"write it down: tests/border/layout.py --publish {LIST}")

    def test_the_list_has_every_struct_and_every_name(self):
        text = "".join(file.read_text() for file in (layout.HEADERS / "teranga/sdk/c").glob("*.h"))
        for name in re.findall(r"typedef struct (trg_\w+) \{", text):
            self.assertIn(f"struct {name}", self.published)
        listed = {name for entries in self.published.values() for name in entries}
        for name in re.findall(r"\b(TRG_\w+) = ", text):
            self.assertIn(name, listed)

    @unittest.skipUnless(shutil.which("abidiff"), "without abidiff (package abigail-tools)")
    def test_abidiff_finds_the_border_as_published(self):
        code, words = self.abidiff(layout.HEADERS)
        self.assertEqual(code, 0, words)

    def test_what_breaks_plugins_is_refused(self):
        for name, edit in BREAKS.items():
            with self.subTest(name):
                broken, _ = layout.differences(self.published, layout.layout(self.edited(edit)))
                self.assertNotEqual(broken, [])

    @unittest.skipUnless(shutil.which("abidiff"), "without abidiff (package abigail-tools)")
    def test_abidiff_refuses_what_breaks_plugins(self):
        for name, edit in BREAKS.items():
            if name not in MACROS:
                with self.subTest(name):
                    code, words = self.abidiff(self.edited(edit))
                    self.assertNotEqual(code, 0, words)

    def test_what_comes_at_the_ends_is_allowed_and_published(self):
        for name, edit in ADDS.items():
            with self.subTest(name):
                headers = self.edited(edit)
                broken, come = layout.differences(self.published, layout.layout(headers))
                self.assertEqual(broken, [])
                self.assertTrue(come or "minor" in name)
                copy = self.folder / "layout.txt"
                shutil.copy(LIST, copy)
                for option, code in (("--publish", 0), ("--against", 0)):
                    done = subprocess.run([sys.executable, layout.__file__, "--headers", headers, option, copy], capture_output=True, text=True, timeout=120)
                    self.assertEqual(done.returncode, code, done.stdout)

    @unittest.skipUnless(shutil.which("abidiff"), "without abidiff (package abigail-tools)")
    def test_abidiff_allows_what_comes_at_the_ends(self):
        for name, edit in ADDS.items():
            with self.subTest(name):
                code, words = self.abidiff(self.edited(edit))
                self.assertEqual(code, 0, words)

    def test_a_breaking_change_is_not_published(self):
        copy = self.folder / "layout.txt"
        shutil.copy(LIST, copy)
        headers = self.edited(BREAKS["a field that moved"])
        done = subprocess.run([sys.executable, layout.__file__, "--headers", headers, "--publish", copy], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("struct trg_error: code was 8 4 int32_t, and is 12 4 int32_t", done.stdout)
        self.assertEqual(copy.read_text(), LIST.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
