#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layout of the plugin border, as a list: every struct of the C headers with its size and the offset, size and type of each field, the value of each enumerator and of each constant.

    layout.py [--headers FOLDER]                       prints the list
    layout.py [--headers FOLDER] --against LIST        fails (1) where plugins that were built by the list would no longer work
    layout.py [--headers FOLDER] --publish LIST        the same, and then writes the list anew: fields and values that came since are then published, too

What a published list has never changes: no size, offset or type of a field, no value. What may come: fields behind the end of a struct that begins with its size, structs, values, constants."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "framework/sdk/include"
COMPILER = os.environ.get("CC") or "cc"
GROWING_CONSTANTS = {"TRG_BORDER_MINOR", "TRG_BORDER_LEAST_MINOR"}
MACRO = re.compile(r"#define (TRG_\w+)[ \t]+(0x[0-9a-fA-F]+u?|\d+u?|\"[^\"]*\")\s*(?:/\*.*)?$", re.M)


def compiled(words, text):
    done = subprocess.run([COMPILER, "-std=c11", *words, "-x", "c", "-"], input=text, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"layout.py: the headers do not compile:\n{done.stderr}")
    return done.stdout


def all_headers(folder):
    return "".join(f"#include <{file.relative_to(folder)}>\n" for file in sorted((folder / "teranga/sdk/c").glob("*.h")))


def parts(text, separator):
    """Parts between separators that are in no brackets."""
    found, depth, start = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == separator and depth == 0:
            found.append(text[start:i].strip())
            start = i + 1
    return [part for part in found + [text[start:].strip()] if part]


def declared(text):
    """Name and type of a declarator with its type: "const char* name", "int32_t (*fill)(void* to)", "char where[256]"."""
    function = re.match(r"(.*?)\(\s*\*\s*(const)?\s*(\w*)\s*\)\s*\((.*)\)$", text, re.S)
    if function:
        result, _, name, arguments = function.groups()
        kinds = [declared(argument)[1] for argument in parts(arguments, ",")]
        return name, f"{tidy(result)} (*)({', '.join(kinds)})"
    array = re.match(r"(.*?)(\w+)\s*((?:\[[^\]]*\])+)$", text, re.S)
    if array:
        return array[2], tidy(array[1]) + array[3]
    plain = re.match(r"(.*[\s*])(\w+)$", text, re.S)
    keywords = {"void", "int", "char", "double", "float", "const"}
    if plain and plain[2] not in keywords and not plain[2].endswith("_t") and not (plain[2].startswith("trg_") and plain[1].strip() in ("struct", "const", "const struct")):
        return plain[2], tidy(plain[1])
    return "", tidy(text)


def tidy(kind):
    kind = re.sub(r"\bstruct\s+", "", kind)
    return re.sub(r"\s*\*\s*", "*", " ".join(kind.split())).strip()


def fields_of(body):
    """(name, type) of each field; "int32_t rank, type" are two."""
    for line in parts(body, ";"):
        first, *more = parts(line, ",")
        name, kind = declared(first)
        yield name, kind
        for other in more:
            yield other.strip("* "), kind.rstrip("*") + "*" * other.count("*")


def layout(folder):
    """Lines by title: ("struct trg_error", {"": "1816", "size": "0 8 size_t", ...})."""
    includes = all_headers(folder)
    text = compiled(["-E", "-P", f"-I{folder}"], includes)
    structs = re.findall(r"typedef struct (trg_\w+) \{(.*?)\} \1;|^struct (trg_\w+) \{(.*?)\};", text, re.S | re.M)
    structs = [(a or c, list(fields_of(b or d))) for a, b, c, d in structs]
    enums = [(name or values.split("=")[0].strip(), [part.split("=")[0].strip() for part in parts(values, ",")])
             for name, values in re.findall(r"\benum\s*(trg_\w+)?\s*\{([^}]*TRG_[^}]*)\}", text)]
    program = ["#include <stdio.h>", includes, "int main(void) {"]
    for name, fields in structs:
        program.append(f'printf("struct {name}\\t\\t%zu\\n", sizeof({name}));')
        for field, kind in fields:
            program.append(f'printf("struct {name}\\t{field}\\t%zu %zu {kind}\\n", offsetof({name}, {field}), sizeof((({name}*)0)->{field}));')
    for name, values in enums:
        program += [f'printf("enum {name}\\t{value}\\t%lld\\n", (long long){value});' for value in values]
    for file in sorted((folder / "teranga/sdk/c").glob("*.h")):
        program += ['printf("%s", "constant\\t' + name + "\\t" + value.rstrip("u").replace('"', '\\"') + '\\n");' for name, value in MACRO.findall(file.read_text())]
    program.append("return 0; }")
    with tempfile.TemporaryDirectory(prefix="teranga-layout-") as place:
        compiled([f"-I{folder}", "-o", f"{place}/list"], "\n".join(program))
        lines = subprocess.run([f"{place}/list"], capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    found = {}
    for line in lines:
        title, name, value = line.split("\t")
        found.setdefault(title, {})[name] = value
    return found


def written(found):
    text = "# Written by tests/border/layout.py --publish. Of a struct: its size, and the offset, size and type of each field.\n"
    for title, entries in found.items():
        text += f"\n{title}" + (f" {entries['']}" if "" in entries else "") + "\n"
        text += "".join(f"  {name:28} {value}\n" for name, value in entries.items() if name)
    return text


def read(text):
    found = {}
    for line in text.splitlines():
        if line.startswith("  "):
            name, value = line.split(None, 1)
            found[title][name] = value
        elif line and not line.startswith("#"):
            kind, *rest = line.split()
            title = " ".join([kind, *rest[:1]])
            found[title] = {"": rest[1]} if kind == "struct" else {}
    return found


def differences(old, new):
    """What breaks plugins that were built by the old list, and what has only come."""
    broken, come = [], []
    for title, before in old.items():
        now = new.get(title)
        if now is None:
            broken.append(f"{title} is gone")
            continue
        struct = title.startswith("struct")
        for name, value in before.items():
            if name == "":
                continue
            if name not in now:
                broken.append(f"{title}: {name} is gone")
            elif now[name] != value and not (name in GROWING_CONSTANTS and int(now[name]) > int(value)):
                broken.append(f"{title}: {name} was {value}, and is {now[name]}")
        added = [name for name in now if name not in before]
        come += [f"{title}: {name}" for name in added]
        if not struct:
            continue
        size, grown = int(before[""]), int(now[""])
        may_grow = next(iter(list(before)[1:]), "") == "size" and before["size"].startswith("0 8 size_t")
        if grown < size or (grown > size and not may_grow):
            broken.append(f"{title}: its size was {size}, and is {grown}" + ("" if may_grow else "; it does not begin with its size, so it may not grow"))
        for name in added:
            if int(now[name].split()[0]) < size:
                broken.append(f"{title}: {name} came at {now[name].split()[0]}, within the {size} bytes that older plugins know; new fields lie behind them")
    come += [f"{title}" for title in new if title not in old]
    return broken, come


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headers", type=pathlib.Path, default=HEADERS)
    parser.add_argument("--against", type=pathlib.Path)
    parser.add_argument("--publish", type=pathlib.Path)
    given = parser.parse_args()
    now = layout(given.headers)
    file = given.against or given.publish
    if not file:
        print(written(now), end="")
        return 0
    broken, come = differences(read(file.read_text()), now) if file.exists() else ([], [])
    if broken:
        print(f"The border has changed: plugins that were built by {file} would no longer work:", *broken, sep="\n  ")
        return 1
    if given.publish:
        file.write_text(written(now))
    elif come:
        print(f"The border has more than {file} says; tests/border/layout.py --publish {file} writes it down:", *come, sep="\n  ")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
