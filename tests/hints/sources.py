# SPDX-License-Identifier: Apache-2.0
"""Lists every hint of the sources: the texts that errors and diagnostics give as their hint, each with the message that it follows."""
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDERS = ("framework", "datasets", "plugins", "launcher")
FOLDERS_OF_DIAGNOSTICS = ("framework/recipe/", "framework/model/", "framework/train/")  # add() is that of Diagnostics here alone
# Which argument of a call is the hint, counted from 0. The argument before the hint, or the first text, is the message.
HINT_OF = {"Error": 2, "AgreedError": 2, "OptionError": 2, "ShapeError": 2, "DataError": 3, "usage_error": 2, "refuse": 2, "fail": 3, "add": 2, "Fact": 3, "table_of": 2}
MESSAGE_OF = {"Error": 1, "AgreedError": 1, "OptionError": 1, "ShapeError": 0, "DataError": 1, "usage_error": 1, "refuse": 1, "fail": 2, "add": 1, "Fact": 0, "table_of": 1}
# Files whose helpers have their arguments in another order: name of the call -> (message, hint).
SPECIAL = {"datasets/reading/src/npy_array.cpp": {"refuse": (0, 1)}, "framework/train/session/data_checks.cpp": {"refuse": (0, 1)}}
CALL = re.compile(r"\b(%s)\s*[({]" % "|".join(HINT_OF))
ANSWER = re.compile(r"\.(?:last_)?answer = ")  # of a fault of a column, which becomes a part of a hint
# Texts that a hint is chosen by are no part of it.
CHOOSER = re.compile(r"(?:[=!]=|\b(?:find|rfind|starts_with|ends_with|contains|begins_with|texts?|has|getenv|read_symlink|count|flag|at)\()\s*$")
# Functions and variables that make hints, or parts of them.
HELPERS = ("hint", "hint_for_axes", "hint_on", "hint_on_targets", "hint_on_infinite", "reshape_hint", "names_hint", "text_hint", "heading_hint", "syntax_hint", "likely_columns", "likely_column", "likely_name", "calmer",
           "cure_of_units", "fitting_target", "other_run", "what_names_are", "what_variable_names_are", "what_it_is", "type_example", "suggestion", "repair", "more_in", "some_in", "fewer_in", "with_missing_words", "words_left_out", "leave_out_hint", "spoken_hint", "classes_text", "layer_words", "wanted", "larger",
           "likely_runs", "likely_file", "likely_monitor", "full_batches", "hint_of_files", "hint_of_axis_0", "hint_of_pictures", "numbers", "what_may_learn", "renaming", "go_on", "ways", "cure", "cure_of_softmax", "squared_error",
           "look_hint", "form_hint", "shuffle_hint", "with_other_name", "without_name", "other_separator", "likely_text_column", "new_text_hint", "lines_hint", "in_order", "starter", "whole_tree", "anew",
           "hint_for_one_shape", "hint_for_targets", "hint_for_class_numbers", "hint_for_yes_and_no", "hint_for_calls", "swapped", "written_right", "hint_for_steps")
NESTED = ("ending", "names_that_fit", "cure_of_units", "squared_error", "width_words", "lines_hint", "likely_text_column", "by_layer", "form_hint", "missing_hint", "fewer_in", "some_in", "leave_out_hint", "shorter_command", "named_in_missing_words", "command_without", "open_bracket", "missing_quote")  # helpers that others of them call
ESCAPES = {"n": "\n", "t": "\t"}


@dataclass
class Site:
    file: str
    line: int
    messages: list  # patterns; one of them stands in the output
    hints: list     # patterns; each of them stands in a hint of some case


@dataclass
class Text:
    """A C++ source without its comments."""
    path: str
    code: str
    definitions: dict = field(default_factory=dict)


def without_comments(code):
    parts = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\'|//[^\n]*|/\*(?:.|\n)*?\*/')
    return parts.sub(lambda m: m.group(0) if m.group(0)[0] in "R\"'" else "\n" * m.group(0).count("\n"), code)


def end_of_token(code, at):
    """The end of the literal that begins at `at`, or at + 1."""
    raw = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\'').match(code, at)
    return raw.end() if raw and (code[at] in "\"'" or not code[at - 1].isalnum()) else at + 1


def arguments(code, at):
    """The arguments of the call whose bracket opens before `at`."""
    found, begin, depth = [], at, 0
    while at < len(code):
        letter = code[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            if depth == 0:
                return found + [code[begin:at].strip()]
            depth -= 1
        elif letter == "," and depth == 0:
            found.append(code[begin:at].strip())
            begin = at + 1
        at = end_of_token(code, at)
    return found


def literals(expression):
    """The texts in an expression, apart from those that only choose between others."""
    found, at = [], 0
    while at < len(expression):
        end = end_of_token(expression, at)
        if expression[at] == '"' and not CHOOSER.search(expression[:at]):
            found.append(re.sub(r"\\(.)", lambda m: ESCAPES.get(m.group(1), m.group(1)), expression[at + 1:end - 1]))
        elif expression.startswith('R"', at) and end > at + 2:
            found.append(re.match(r'R"(\w*)\(((?:.|\n)*)\)\1"', expression[at:end]).group(2))
        at = end
    return found


def pattern(literal):
    """A regular expression of a text with fields of fmt::format, or "" where it has too few letters to be told from others."""
    pieces = re.split(r"(\{\{|\}\}|\{[^{}]*\})", literal)
    if sum(letter.isalpha() for letter in "".join(pieces[::2])) < 3:
        return ""
    return "".join({"{{": r"\{", "}}": r"\}"}.get(piece, ".*") if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))


def patterns(texts):
    return [p for p in dict.fromkeys(map(pattern, texts)) if p]


def body(code, at):
    """From `at` to the end of the statement, or of the block, that follows."""
    depth, begin = 0, at
    while at < len(code):
        if code[at] in "([{":
            depth += 1
        elif code[at] in ")]}":
            depth -= 1
            if depth == 0 and code[at] == "}":
                return code[begin:at + 1]
            if depth < 0:
                return code[begin:at]
        elif code[at] == ";" and depth == 0:
            return code[begin:at]
        at = end_of_token(code, at)
    return code[begin:]


def texts_in(texts, own, code):
    """The texts of a piece of code and of the helpers that it calls."""
    found = literals(code)
    for name in re.findall(r"\b(?:%s)\b" % "|".join(NESTED), re.sub(r'"(?:\\.|[^"\\])*"', '""', code)):
        found += defined(texts, own, name)
    return found


def defined(texts, own, name):
    """The texts of a variable or function: what is assigned to it in its own file, or the body of the function."""
    found = []
    for match in re.finditer(r"\b%s\s*\+?=(?!=)|\b%s\[\]\s*=" % (name, name), own.code):
        found += texts_in(texts, own, body(own.code, match.end()))
    if found:
        return found
    function = re.compile(r"^[^\S\n]*[\w\[\]:<>,&*][\w\[\]:<>,&* ]*[\s>&*](?:\w+::)?%s\s*\([^;{}]*\)\s*(?:const\s*|noexcept\s*)*\{" % name, re.MULTILINE)
    for text in [own] + [t for t in texts if t is not own]:
        for match in function.finditer(text.code) if name in text.code else ():
            found += texts_in(texts, own, body(text.code, match.end() - 1))
        if found:
            return found
    return found


def forwards(expression):
    """Whether the hint of another error, or of a parameter, is only handed on."""
    return re.fullmatch(r"(?:std::move\()?[\w\[\].>()-]*\bhint_?(?:\(\))?\)?|e\.hint|host::text_of\(error\.hint\)|report_of_first\.substr\(hint_at\)|reader\.text\(\)|found_\.front\(\)\.second|hint_for_checkpoint\(.*\)", expression) is not None


def read(root):
    found = []
    for folder in FOLDERS:
        for path in sorted((Path(root) / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp"):
                found.append(Text(str(path.relative_to(root)), without_comments(path.read_text())))
    return found


def sites(root):
    """All sites, and those whose hint cannot be read from the source."""
    texts, found, unreadable = read(root), [], []
    for text in texts:
        for match in CALL.finditer(text.code):
            name, given = match.group(1), arguments(text.code, match.end())
            if name == "add" and not text.path.startswith(FOLDERS_OF_DIAGNOSTICS):
                continue
            message_at, hint_at = SPECIAL.get(text.path, {}).get(name, (MESSAGE_OF[name], HINT_OF[name]))
            if name == "Error" and given and given[0].startswith(("TRG_", "error.code")):
                message_at, hint_at = 1, 3
            if len(given) <= hint_at or given[hint_at] in ("{}", '""') or re.match(r"const char|(const )?std::string", given[hint_at]):
                continue
            hint, line = given[hint_at], text.code.count("\n", 0, match.start()) + 1
            hints = literals(hint)
            for helper in re.findall(r"\b(?:%s)\b" % "|".join(HELPERS), re.sub(r'"(?:\\.|[^"\\])*"', '""', hint)):
                hints += defined(texts, text, helper)
            if not hints:
                if name != "add" and name != "fail" and name != "refuse" and not forwards(hint):
                    unreadable.append((text.path, line, hint))
                continue
            found.append(Site(text.path, line, patterns(literals(given[message_at])), patterns(hints)))
        for match in ANSWER.finditer(text.code) if str(text.path).startswith("datasets/") else ():
            answer, line = arguments(body(text.code, match.end()) + ")", 0)[0], text.code.count("\n", 0, match.start()) + 1
            if answers := literals(answer):
                found.append(Site(text.path, line, [], patterns(answers)))
    return found, unreadable


if __name__ == "__main__":
    all_sites, unreadable = sites(Path(__file__).resolve().parents[2])
    for site in all_sites:
        print(f"{site.file}:{site.line}\n    {site.messages}\n    {site.hints}")
    print(len(all_sites), "sites,", sum(len(s.hints) for s in all_sites), "texts")
    print(*unreadable, sep="\n")
