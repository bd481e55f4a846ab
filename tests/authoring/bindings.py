# SPDX-License-Identifier: Apache-2.0
"""bindings.py SDK: writes the plain data of the C headers in SDK/include again in Fortran and in Rust: SDK/fortran/teranga_border.f90 and SDK/rust/border.rs.
It understands the C that these headers are written in: structs, enums, pointers to functions, and constants."""
import re
import sys
from pathlib import Path

HEADERS = ["types", "host", "library", "layer", "training", "dataset", "observer", "node_memory"]
# Tables of functions that a plugin calls: Fortran needs an interface for each of them.
LENT = ["trg_host", "trg_planner", "trg_data_answer", "trg_graph", "trg_activation_lender", "trg_node_memory"]
FORTRAN = {"int32_t": "integer(c_int32_t)", "uint32_t": "integer(c_int32_t)", "int64_t": "integer(c_int64_t)", "uint64_t": "integer(c_int64_t)", "uint16_t": "integer(c_int16_t)",
           "uint8_t": "integer(c_int8_t)", "size_t": "integer(c_size_t)", "double": "real(c_double)", "char": "character(kind=c_char)"}
RUST = {"int32_t": "i32", "uint32_t": "u32", "int64_t": "i64", "uint64_t": "u64", "uint16_t": "u16", "uint8_t": "u8", "size_t": "usize", "double": "f64", "char": "c_char", "void": "c_void"}
RUST_WORDS = {"type", "where", "use", "ref", "move", "fn", "in", "match", "mod", "box"}


class Field:
    """A member of a struct or an argument: its C type without "const" and stars, stars with "const" where they point to what is not written, and what it is."""

    def __init__(self, text):
        function = re.match(r"(?P<result>.+?)\(\*(?P<name>\w+)\)\((?P<arguments>.*)\)$", text, re.S)
        self.extent, self.arguments = None, None
        if function:
            self.name, self.result = function["name"], Field(function["result"].strip() + " result")
            self.arguments = [Field(one) for one in split_arguments(function["arguments"]) if one != "void"]
            return
        plain = re.match(r"(?P<type>.*?)(?P<name>\w+)(\[(?P<extent>\w+)\])?$", text, re.S)
        self.name, self.extent = plain["name"], plain["extent"]
        words = plain["type"].replace("struct ", "").replace("*", " * ").split()
        self.base = next(word for word in words if word not in ("const", "*"))
        # From the inside: what each star points to is constant or not.
        self.stars, constant = [], False
        for word in words:
            if word == "*":
                self.stars.append(constant)
                constant = False
            elif word == "const":
                constant = True

    @property
    def points(self):
        return self.arguments is None and bool(self.stars)


def split_arguments(text):
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return [*parts, part.strip()]


class Border:
    """structs: name -> fields; constants: name -> whole number; texts: name -> text."""

    def __init__(self, sdk):
        self.structs, self.constants, self.texts = {}, {}, {}
        for header in HEADERS:
            path = sdk / f"include/teranga/sdk/c/{header}.h"
            if path.exists():
                self.read(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S))

    def read(self, text):
        for name, value in re.findall(r"^#define (TRG_\w+) (.+?)\s*$", text, re.M):
            if value.startswith('"'):
                self.texts[name] = value.strip('"')
            elif re.fullmatch(r"0x[0-9a-fA-F]+u?|\d+", value):
                self.constants[name] = int(value.rstrip("u"), 0)
        for members in re.findall(r"^enum\s*\w*\s*\{(.*?)\};", text, re.S | re.M):
            following = 0
            for member in members.split(","):
                if not member.strip():
                    continue
                name, _, value = (word.strip() for word in member.partition("="))
                following = int(value, 0) if value else following
                self.constants[name] = following
                following += 1
        for name, members in re.findall(r"^typedef struct (\w+) \{(.*?)^\} \1;", text, re.S | re.M):
            fields = []
            for member in members.split(";"):
                if not member.strip():
                    continue
                first, *others = split_arguments(member.strip())
                fields.append(Field(" ".join(first.split())))
                fields += [Field(self.of_the_same_type(first, other)) for other in others]
            self.structs[name] = fields

    @staticmethod
    def of_the_same_type(first, other):
        assert "*" not in first + other and "[" not in first
        return first.rsplit(None, 1)[0] + " " + other

    def extent(self, field):
        return int(field.extent) if field.extent.isdigit() else self.constants[field.extent]


def fortran_type(field):
    if field.arguments is not None:
        return "type(c_funptr)"
    return "type(c_ptr)" if field.points else FORTRAN.get(field.base) or f"type({field.base})"


def fortran_zero(field):
    """Every member begins as zero: a struct of its own does so by itself."""
    kind = fortran_type(field)
    zeros = {"type(c_funptr)": "c_null_funptr", "type(c_ptr)": "c_null_ptr", "character(kind=c_char)": "c_null_char"}
    return "" if kind.startswith("type(trg_") else f" = {zeros.get(kind, 0)}"


def fortran_line(text):
    """A statement, on several lines where it is long."""
    out = []
    while len(text) > 124:
        at = text.rindex(", ", 0, 122) + 2
        out.append(text[:at] + "&")
        text = "      " + text[at:]
    return [*out, text]


def fortran_interface(struct, field):
    kind = "subroutine" if field.result.base == "void" and not field.result.stars else "function"
    name = f"{struct}_{field.name}"
    lines = fortran_line(f"    {kind} {name}({', '.join(one.name for one in field.arguments)}) bind(c)") + ["      import"]
    if kind == "function":
        lines.append(f"      {fortran_type(field.result)} :: {name}")
    lines += [f"      {fortran_type(one)}, value :: {one.name}" for one in field.arguments]
    return lines + [f"    end {kind}"]


def fortran(border):
    lines = ["! SPDX-License-Identifier: Apache-2.0", "! The C headers in teranga/sdk/c, in Fortran, written by tests/authoring/bindings.py: the same names, values and layouts.",
             "! What each of them means stands in the headers. The texts that name abilities of the host end in _id here.", "module teranga_border", "  use, intrinsic :: iso_c_binding", "  implicit none", ""]
    for name, value in border.constants.items():
        value = value - 2**32 if value >= 2**31 else value
        lines.append(f"  integer(c_int32_t), parameter :: {name} = {value}")
    lines += [""] + [f'  character(len=*), parameter :: {name}_ID = "{value}"' for name, value in border.texts.items()]
    for name, fields in border.structs.items():
        lines += ["", f"  type, bind(c) :: {name}"]
        for field in fields:
            extent = f"({border.extent(field)})" if field.extent else ""
            lines.append(f"    {fortran_type(field)} :: {field.name}{extent}{fortran_zero(field)}")
        lines.append(f"  end type")
    lines += ["", "  ! What the host lends, by table and name: for c_f_procpointer.", "  abstract interface"]
    for struct in LENT:
        for field in border.structs.get(struct, []):
            if field.arguments is not None:
                lines += fortran_interface(struct, field)
    return "\n".join(lines + ["  end interface", "end module teranga_border"]) + "\n"


def rust_name(name):
    return "r#" + name if name in RUST_WORDS else name


def rust_type(field, border):
    if field.arguments is not None:
        arguments = ", ".join(f"{rust_name(one.name)}: {rust_type(one, border)}" for one in field.arguments)
        result = "" if field.result.base == "void" and not field.result.stars else f" -> {rust_type(field.result, border)}"
        return f'Option<unsafe extern "C" fn({arguments}){result}>'
    text = RUST.get(field.base, field.base)
    for constant in field.stars:
        text = f"*{'const' if constant else 'mut'} {text}"
    return f"[{text}; {border.extent(field)}]" if field.extent else text


def rust(border):
    lines = ["// SPDX-License-Identifier: Apache-2.0", "// The C headers in teranga/sdk/c, in Rust, written by tests/authoring/bindings.py: the same names, values and layouts.",
             "// What each of them means stands in the headers.", "#![allow(non_camel_case_types)]", "use std::os::raw::{c_char, c_void};", ""]
    lines += [f"pub const {name}: {'u32' if value >= 2**31 or name == 'TRG_NOTE_MAGIC' else 'i32'} = {value};" for name, value in border.constants.items()]
    lines += [f'pub const {name}: &[u8] = b"{value}\\0";' for name, value in border.texts.items()]
    for name, fields in border.structs.items():
        lines += ["", "#[repr(C)]", "#[derive(Clone, Copy)]", f"pub struct {name} {{"]
        lines += [f"    pub {rust_name(field.name)}: {rust_type(field, border)}," for field in fields]
        lines.append("}")
    return "\n".join(lines) + "\n"


def written(sdk):
    border = Border(sdk)
    return {sdk / "fortran/teranga_border.f90": fortran(border), sdk / "rust/border.rs": rust(border)}


if __name__ == "__main__":
    for path, text in written(Path(sys.argv[1])).items():
        path.write_text(text)
