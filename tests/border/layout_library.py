#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layout_library.py HEADERS TO: a library with debugging information on all types of the C headers, for abidiff."""
import pathlib
import sys

import layout


def library(headers, to):
    text = layout.all_headers(headers)
    for title in layout.layout(headers):
        kind, *name = title.split()
        if kind in ("struct", "enum") and name[0].startswith("trg_"):
            text += f"void use_{name[0]}({title}* x);\nvoid use_{name[0]}({title}* x) {{ (void)x; }}\n"
    layout.compiled(["-g", "-O0", "-gdwarf-4", "-fPIC", "-shared", f"-ffile-prefix-map={headers}=include", f"-fdebug-prefix-map={pathlib.Path.cwd()}=.", f"-I{headers}", "-o", str(to)], text)


if __name__ == "__main__":
    library(pathlib.Path(sys.argv[1]), sys.argv[2])
