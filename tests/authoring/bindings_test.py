# SPDX-License-Identifier: Apache-2.0
"""The border in Fortran and in Rust is that of the C headers: the same sizes, offsets and values, as the three compilers see them."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import bindings

SDK = Path(os.environ["TERANGA_SOURCE"]) / "framework/sdk"
BORDER = bindings.Border(SDK)
RUSTC = shutil.which("rustc")
FORTRAN = shutil.which("gfortran")
MISSING = "{} is not installed" if os.environ.get("CI") != "true" else None  # there the packages are


def in_c():
    lines = ["#include <stdio.h>", "#include <stddef.h>"]
    lines += [f"#include <teranga/sdk/c/{path.name}>" for path in sorted((SDK / "include/teranga/sdk/c").glob("*.h"))]
    lines.append("int main(void) {")
    for name, fields in BORDER.structs.items():
        lines.append(f'  printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'  printf("{name}.{field.name} %zu\\n", offsetof({name}, {field.name}));' for field in fields]
    lines += [f'  printf("{name} %lld\\n", (long long)(int)({name}));' for name in BORDER.constants]
    return "\n".join([*lines, "  return 0;", "}"]) + "\n"


def in_fortran():
    lines = ["program layouts", "  use, intrinsic :: iso_c_binding", "  use teranga_border", "  implicit none"]
    lines += [f"  type({name}), target :: v_{name}" for name in BORDER.structs]
    for name, fields in BORDER.structs.items():
        lines.append(f'  print "(a,1x,i0)", "{name}", c_sizeof(v_{name})')
        lines += [f'  print "(a,1x,i0)", "{name}.{field.name}", place(c_loc(v_{name}%{field.name})) - place(c_loc(v_{name}))' for field in fields]
    lines += [f'  print "(a,1x,i0)", "{name}", {name}' for name in BORDER.constants]
    lines += ["contains", "  integer(c_intptr_t) function place(pointer)", "    type(c_ptr), intent(in) :: pointer", "    place = transfer(pointer, place)", "  end function", "end program"]
    return "\n".join(lines) + "\n"


def in_rust():
    lines = ["use std::mem::{size_of, MaybeUninit};", "use teranga::border::*;", "fn main() {"]
    for name, fields in BORDER.structs.items():
        lines.append(f'    println!("{name} {{}}", size_of::<{name}>());')
        lines.append(f"    let v = MaybeUninit::<{name}>::uninit();")
        for field in fields:
            lines.append(f'    println!("{name}.{field.name} {{}}", unsafe {{ std::ptr::addr_of!((*v.as_ptr()).{bindings.rust_name(field.name)}) }} as usize - v.as_ptr() as usize);')
    lines += [f'    println!("{name} {{}}", {name} as i32);' for name in BORDER.constants]
    return "\n".join([*lines, "}"]) + "\n"


class Bindings(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="teranga-bindings-"))
        self.addCleanup(shutil.rmtree, self.place)

    def run_it(self, *words):
        done = subprocess.run([str(word) for word in words], cwd=self.place, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def layouts(self, ending, source, *commands):
        """What a program prints that is made of `source`: name -> number."""
        (self.place / f"layouts.{ending}").write_text(source)
        for command in commands:
            self.run_it(*command)
        return {name: int(number) for name, number in map(str.split, self.run_it(self.place / "layouts").splitlines())}

    def of_c(self):
        return self.layouts("c", in_c(), [os.environ.get("CC", "cc"), "-std=c11", "-I", SDK / "include", "-o", "layouts", "layouts.c"])

    def of_rust(self, folder=SDK / "rust"):
        common = [RUSTC, "--edition", "2021"]
        return self.layouts("rs", in_rust(), [*common, "--crate-type", "rlib", "--crate-name", "teranga", folder / "teranga.rs"], [*common, "--extern", "teranga=libteranga.rlib", "layouts.rs"])

    def test_the_files_are_those_that_the_headers_make(self):
        for path, text in bindings.written(SDK).items():
            self.assertEqual(path.read_text(), text, f"type: python3 tests/authoring/bindings.py {SDK}")

    def test_every_struct_of_the_headers_is_there(self):
        names = set()
        for path in (SDK / "include/teranga/sdk/c").glob("*.h"):
            self.assertIn(path.stem, bindings.HEADERS)
            names |= {line.split()[2] for line in path.read_text().splitlines() if line.startswith("typedef struct ")}
        self.assertEqual(names, set(BORDER.structs))
        self.assertGreater(len(names), 50)

    @unittest.skipIf(not FORTRAN and MISSING, "gfortran is not installed")
    def test_fortran_has_the_layouts_of_c(self):
        fortran = SDK / "fortran"
        found = self.layouts("f90", in_fortran(), [FORTRAN, "-Wall", "-Werror", "-c", fortran / "teranga_border.f90", fortran / "teranga.f90"], [FORTRAN, "-ffree-line-length-none", "-o", "layouts", "layouts.f90"])
        self.assertEqual(found, self.of_c())

    @unittest.skipIf(not RUSTC and MISSING, "rustc is not installed")
    def test_rust_has_the_layouts_of_c(self):
        self.assertEqual(self.of_rust(), self.of_c())

    @unittest.skipIf(not RUSTC and MISSING, "rustc is not installed")
    def test_a_field_that_lies_elsewhere_is_found(self):
        for name in ("teranga.rs", "border.rs"):
            shutil.copy(SDK / "rust" / name, self.place)
        border = self.place / "border.rs"
        border.write_text(border.read_text().replace("    pub code: i32,\n", "    pub code: i64,\n", 1))
        teranga = self.place / "teranga.rs"
        teranga.write_text(teranga.read_text().replace("record.code = error.code;", "record.code = error.code.into();"))
        moved = self.of_rust(self.place).items() ^ self.of_c().items()
        self.assertIn("trg_error.where", dict(moved))


if __name__ == "__main__":
    unittest.main()
