# SPDX-License-Identifier: Apache-2.0
"""readme_test.py SOURCE BUILD: the README's commands run, its recipe trains, and its code is the code that the installed-tree test builds."""
import os, pathlib, re, shutil, subprocess, sys, tempfile

source, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
readme = (source / "README.md").read_text()
blocks = re.findall(r"^```(\w+)\n(.*?)^```$", readme, re.S | re.M)
failures = []


def code(text):
    """Without the comment at the head."""
    lines = text.splitlines()
    while lines and (lines[0].startswith(("//", "#")) and not lines[0].startswith("#include")):
        lines.pop(0)
    return lines


def of(kind):
    return [text for name, text in blocks if name == kind]


for kind, file in (("cpp", "tests/stranger/swish.cpp"), ("cmake", "tests/stranger/CMakeLists.txt")):
    found = of(kind)
    if len(found) != 1 or code(found[0]) != code((source / file).read_text()):
        failures.append(f"README.md: its {kind} block is not {file}")
for command in "\n".join(of("console")).split():
    if not os.access(source / command, os.X_OK):
        failures.append(f"README.md: {command} cannot be run")
for mentioned in re.findall(r"`((?:framework|cmake|launcher|tests|datasets|plugins)/[\w./-]+)`", readme):
    if not (source / mentioned).exists():
        failures.append(f"README.md: there is no {mentioned}")

place = pathlib.Path(tempfile.mkdtemp(prefix="teranga-readme-"))
try:
    for folder in ("launcher", "datasets"):
        (place / folder).symlink_to(source / folder)
    recipe = place / "recipes/mine/iris.toml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("".join(of("toml")))
    environment = dict(os.environ, PATH=f"{build / 'bin'}:{os.environ['PATH']}", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1")
    commands = [line for text in of("sh") for line in text.splitlines() if line and not line.startswith("#")]
    if len(commands) < 5:
        failures.append("README.md: its commands were not found")
    for command in commands + ["teranga train recipes/mine/iris.toml --run runs/iris"]:
        print(f"$ {command}", flush=True)
        if subprocess.run(command, shell=True, cwd=place, env=environment, stdin=subprocess.DEVNULL, timeout=120).returncode != 0:
            failures.append(f"README.md: this fails: {command}")
finally:
    shutil.rmtree(place, ignore_errors=True)
print("\n".join(failures))
sys.exit(bool(failures))
