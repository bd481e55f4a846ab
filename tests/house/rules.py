# SPDX-License-Identifier: Apache-2.0
"""The rules of the house, checked over a source tree: modules include only what cmake/modules.txt allows, the top level
holds what it may, every source is licensed, short and free of promises. check(root) gives a list of "file:line: what"."""
import os
import re
import subprocess
import sys
from pathlib import Path

MANDATED = {"framework", "plugins", "launcher", "datasets", "tests", "cmake", "CMakeLists.txt", "README.md"}
FOR_TOOLS = {"LICENSE", "CITATION.cff", "CMakePresets.json", ".clang-format", ".clang-tidy", ".gitignore", ".ci"}
MADE_BY_USE = {".git", "build", "runs"}
C_FAMILY = {".c", ".h", ".cpp", ".hpp", ".inc"}
LICENSED = C_FAMILY | {".py", ".cmake"}
LINES_AT_MOST = 500
LICENCE = "SPDX-License-Identifier: Apache-2.0"
# Spelt in parts, so that this file keeps the rule too.
PROMISE = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.}\])$*-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers)/\w")
INCLUDE = re.compile(r"\s*#\s*include\s*([<\"])([^>\"]+)[>\"]")


class Module:
    def __init__(self, name, folder, edges, owns, line):
        self.name, self.folder, self.edges, self.owns, self.line = name, folder, edges, owns, line


def files_of(root):
    """Every file that belongs to the project, relative to root: git's view of it, or the tree where there is no git."""
    try:
        listing = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                                 capture_output=True, check=True, timeout=60) if (root / ".git").exists() else None
    except (OSError, subprocess.SubprocessError):
        listing = None
    if listing:
        found = [Path(name) for name in listing.stdout.decode().split("\0") if name]
        return sorted(path for path in found if (root / path).is_file())
    found = []
    for folder, folders, names in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in MADE_BY_USE]
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [Path(folder, name).relative_to(root) for name in names]
    return sorted(found)


def listed(text):
    return [] if text == "-" else text.replace(",", " ").split()


def read_modules(root, problems):
    modules = {}
    for number, line in enumerate((root / "cmake/modules.txt").read_text().splitlines(), 1):
        words = line.split(None, 3)
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 4:
            problems.append(f"cmake/modules.txt:{number}: wants four columns: module, folder, may include, owns")
            continue
        modules[words[0]] = Module(words[0], words[1], listed(words[2]), listed(words[3]), number)
    for module in modules.values():
        for edge in module.edges:
            if edge not in modules:
                problems.append(f"cmake/modules.txt:{module.line}: {module.name} may include '{edge}', which is no module")
    problems += cycles(modules)
    return modules


def cycles(modules):
    """Depth first over the listed edges; an edge back to a module still open closes a cycle."""
    problems, done = [], set()

    def visit(name, trail):
        if name in trail:
            problems.append(f"cmake/modules.txt:{modules[name].line}: a cycle: {' -> '.join(trail[trail.index(name):] + [name])}")
        elif name in modules and name not in done:
            for edge in modules[name].edges:
                visit(edge, trail + [name])
            done.add(name)

    for name in modules:
        visit(name, [])
    return problems


def module_of(path, modules):
    for module in modules.values():
        if "/" not in module.name and path.is_relative_to(module.folder):
            return module
    return None


def part_of(path, modules):
    """The part of a module, such as model/plan, that the file belongs to."""
    for module in modules.values():
        if "/" in module.name and path.is_relative_to(module.folder):
            return module
    return None


def check_private_include(root, path, module, modules, header):
    """A quoted include names a file of the same module: beside the source, in a parent folder, or under src or include of one. A file in a part of a module
    includes what the part may include."""
    home = root / module.folder
    folder = (root / path).parent
    while folder == home or home in folder.parents:
        for base in (folder, folder / "src", folder / "include"):
            target = Path(os.path.normpath(base / header))
            if target.is_relative_to(home) and (target.exists() or target.with_name(target.name + ".in").exists()):
                part, other = part_of(path, modules), part_of(target.relative_to(root), modules)
                if part and other and part is not other and other.name not in part.edges:
                    return f'"{header}": {part.name} may not include {other.name} (it may: {", ".join(part.edges) or "nothing"})'
                return None
        folder = folder.parent
    return f'"{header}" is not a file of the module {module.name}; another module is included as <teranga/MODULE/...>'


def check_include(root, path, module, modules, bracket, header):
    if bracket == '"':
        return check_private_include(root, path, module, modules, header)
    parts = header.split("/")
    if parts[0] == "teranga":
        target = parts[1] if len(parts) > 2 else None
        if target not in modules:
            return f"<{header}>: the second part of a public include is its module"
        if target != module.name and target not in module.edges:
            return f"<{header}>: {module.name} may not include {target} (it may: {', '.join(module.edges) or 'nothing'})"
        return None
    owners = [other.name for other in modules.values() if any(header.startswith(prefix) for prefix in other.owns)]
    if owners and module.name not in owners:
        return f"<{header}> belongs to {', '.join(owners)} and is not for {module.name}"
    return None


def check_includes(root, path, lines, modules):
    module = module_of(path, modules)
    if module is None:
        return []
    problems = []
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        problem = check_include(root, path, module, modules, *match.groups()) if match else None
        if problem:
            problems.append(f"{path}:{number}: {problem}")
    inside = path.relative_to(module.folder).parts
    if module.folder.startswith("framework/") and inside[0] == "include" and inside[1:3] != ("teranga", module.name):
        problems.append(f"{path}:1: public headers of {module.name} live under {module.folder}/include/teranga/{module.name}")
    return problems


def check_links(root, modules):
    """What a module links is what it may include: teranga_module(NAME ... MODULES ...) keeps to the same edges."""
    problems = []
    for module in modules.values():
        path = root / module.folder / "CMakeLists.txt"
        if not path.exists():
            continue
        text = path.read_text()
        for call in re.finditer(r"teranga_module\(([^)]*)\)", text):
            words = call.group(1).split()
            linked, column = [], None
            for word in words[1:]:
                column = word if word.isupper() else column
                if column == "MODULES" and word != "MODULES":
                    linked.append(word)
            for edge in linked:
                if edge not in module.edges:
                    number = text.count("\n", 0, call.start()) + 1
                    problems.append(f"{path.relative_to(root)}:{number}: {module.name} may not link {edge}")
    return problems


def check_top_level(root, paths):
    there = {path.parts[0] for path in paths}
    problems = [f"{name}:1: is not for the top level" for name in sorted(there - MANDATED - FOR_TOOLS - MADE_BY_USE)]
    return problems + [f"{name}:1: is missing from the top level" for name in sorted((MANDATED | FOR_TOOLS) - there)]


def check_text(path, lines):
    problems = []
    script = bool(lines) and lines[0].startswith("#!")
    if path.suffix in LICENSED or script:
        if not any(LICENCE in line for line in lines[:3]):
            problems.append(f"{path}:1: has no '{LICENCE}' in its first lines")
        if len(lines) > LINES_AT_MOST:
            problems.append(f"{path}:{LINES_AT_MOST + 1}: has {len(lines)} lines; {LINES_AT_MOST} at most, one concept a file")
    for number, line in enumerate(lines, 1):
        if PROMISE.search(line):
            problems.append(f"{path}:{number}: promises work; do it, or name it in README.md under known limits")
        if MACHINE_PATH.search(line):
            problems.append(f"{path}:{number}: names a path of one machine")
    return problems


def check_packages(root):
    """Every package that configure can ask for stands in the list that set-up installs."""
    def words(line):
        return line.split("#")[0].split()

    dependencies = (root / "cmake/dependencies.txt").read_text().splitlines()
    known, problems = set(), []
    for number, line in enumerate(dependencies, 1):
        entry = words(line)
        if not entry:
            continue
        if entry[0].rstrip("?") not in ("build", "run", "test", "data") or len(entry) < 2:
            problems.append(f"cmake/dependencies.txt:{number}: wants a group (build, run, test, data) and a package")
        elif entry[1] in known:
            problems.append(f"cmake/dependencies.txt:{number}: {entry[1]} is listed twice")
        else:
            known.add(entry[1])
    asked = re.compile(r"^\s*teranga_need\(\s*\S+\s+(?:\"([^\"]*)\"|(\S+))")
    for number, line in enumerate((root / "cmake/packages.cmake").read_text().splitlines(), 1):
        match = asked.match(line)
        for package in (match.group(1) or match.group(2)).split() if match else []:
            if package not in known:
                problems.append(f"cmake/packages.cmake:{number}: asks for {package}, which cmake/dependencies.txt does not list")
    return problems


def check(root):
    root = Path(root).resolve()
    problems = []
    modules = read_modules(root, problems)
    paths = files_of(root)
    problems += check_top_level(root, paths) + check_links(root, modules) + check_packages(root)
    for path in paths:
        try:
            lines = (root / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # data, not text
        problems += check_text(path, lines)
        if path.suffix in C_FAMILY:
            problems += check_includes(root, path, lines, modules)
    return problems


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found) if found else "The house is in order.")
    sys.exit(1 if found else 0)
