# SPDX-License-Identifier: Apache-2.0
"""border_page.py SDK [--check]: writes SDK/guide/border.md, the reference of the C border, from the headers in SDK/include/teranga/sdk/c. With --check, says whether the page is current,
and whether every struct, member, call and constant has words of its own."""
import re
import sys
from pathlib import Path

HEADERS = ["types", "library", "host", "layer", "training", "observer", "dataset", "node_memory"]
COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
# What stands for itself.
PLAIN = {"size", "reserved", "context", "name", "type", "rank", "shape", "destroy", "destroy_plan", "create", "options"}


def words(comment):
    lines = [line.strip().removeprefix("*").strip() for line in comment.strip().splitlines()]
    return " ".join(line for line in lines if line and not line.startswith("SPDX-License-Identifier"))


def cell(text):
    return text.replace("|", "\\|")


class Member:
    """A member of a struct, or a constant of an enum, with the comment before it and the one behind it."""

    def __init__(self, code, said):
        self.code, self.said = " ".join(code.split()), said

    @property
    def names(self):
        call = re.search(r"\(\*(\w+)\)", self.code)
        if call:
            return [call[1]]
        return [re.match(r"[\s*]*(?:.*[\s*])?(\w+)(?:\[\w+\])?$", part, re.S)[1] for part in self.code.split(" = ")[0].split(",")]


def members_of(body, ends):
    """Cut at `ends` outside of parentheses and comments; a comment on the line of the member's end belongs to it."""
    out, code, before, depth, at = [], "", "", 0, 0
    while at < len(body):
        comment = COMMENT.match(body, at)
        if comment:
            if code.strip():
                before = (before + " " + words(comment[1])).strip()
            else:
                before = words(comment[1])
            at = comment.end()
            continue
        letter = body[at]
        depth += (letter == "(") - (letter == ")")
        at += 1
        if letter != ends or depth:
            code += letter
            continue
        behind = re.match(r"[ \t]*/\*(.*?)\*/", body[at:], re.S)
        said = before
        if behind:
            said = (before + " " + words(behind[1])).strip()
            at += behind.end()
        out.append(Member(code, said))
        code, before = "", ""
    if code.strip():
        out.append(Member(code, before))
    return out


def page_of(header, text, silent):
    head = re.sub(r"^ *\* ?", "", COMMENT.search(text)[1].replace("SPDX-License-Identifier: Apache-2.0", ""), flags=re.M)
    lines = [f"## `teranga/sdk/c/{header}.h`", ""]
    for part in head.strip().split("\n\n"):
        lines += [" ".join(part.split("\n  [")[0].split()), ""]
        tags = ["- `[" + " ".join(tag.split()).replace("]", "]`", 1) for tag in part.split("\n  [")[1:]]
        lines += [*tags, ""] if tags else []
    body = text[COMMENT.search(text).end():]
    found = re.compile(r"(?P<said>/\*(?:(?!\*/).)*\*/\n)?(?:^enum (?P<enum>\w*) ?\{(?P<constants>.*?)\}(?:;)(?P<behind>[^\n]*)|^typedef struct (?P<struct>\w+) \{(?P<members>.*?)^\} (?P=struct);|"
                       r"^#define (?P<define>TRG_\w+) (?P<value>[^\n(/]+?)\s*(?P<note>/\*[^\n]*\*/)?$|^typedef (?P<function>[^;{]*\(\*(?P<pointer>\w+)\)[^;]*);)", re.S | re.M)
    for one in found.finditer(body):
        said = words(one["said"][2:-3].rstrip("*/")) if one["said"] else ""
        name = one["enum"] or one["struct"] or one["define"] or one["pointer"]
        lines += [f"### `{name}`", ""]
        if one["define"]:
            lines += [f"`#define {name} {one['value']}`", ""]
        if one["pointer"]:
            lines += ["`" + " ".join(one["function"].split()) + "`", ""]
        if said:
            lines += [said, ""]
        if one["define"] or one["pointer"]:
            continue
        enum = one["constants"] is not None
        members = members_of(one["constants"] if enum else one["members"], "," if enum else ";")
        lines += ["| constant | meaning |" if enum else "| member | meaning |", "|---|---|"]
        for member in members:
            if not member.said and not said and not all(word in PLAIN for word in member.names) and not enum:
                silent.append(f"{header}.h: {name}.{member.names[0]} has no words")
            lines.append(f"| `{cell(member.code)}` | {cell(member.said)} |")
        lines.append("")
    return lines


def page(sdk):
    silent = []
    lines = ["# The border between program and plugin", "",
             "This page lists what crosses between Teranga and a plugin: every struct, call and constant of the C headers. It is written by `tests/sdk/border_page.py` from the comments of the headers.",
             "Authors in C++ need it rarely: the headers `teranga/sdk/*.hpp` wrap all of it.", ""]
    for header in HEADERS:
        lines += page_of(header, (sdk / f"include/teranga/sdk/c/{header}.h").read_text(), silent)
    return "\n".join(lines).rstrip() + "\n", silent


def main():
    sdk = Path(sys.argv[1])
    target = sdk / "guide/border.md"
    text, silent = page(sdk)
    if "--check" not in sys.argv:
        target.write_text(text)
        return 0
    missing = [str(path.name) for path in (sdk / "include/teranga/sdk/c").glob("*.h") if path.stem not in HEADERS]
    for name in missing:
        print(f"{name} is in no list of this script")
    print("\n".join(silent))
    if target.read_text() != text:
        print(f"{target} is not current: python3 tests/sdk/border_page.py framework/sdk")
        return 1
    return 1 if silent or missing else 0


if __name__ == "__main__":
    sys.exit(main())
