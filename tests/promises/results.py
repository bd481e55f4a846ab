# SPDX-License-Identifier: Apache-2.0
"""The table of tests/RELIABILITY.md: a row for each part of each promise, with the counts of the last recorded run."""
import datetime

HEAD = "| promise | test | tried | passed | limits | date |"


def row(name, promise, part, count):
    limits = "; ".join([promise.LIMITS, *count.notes]).strip("; ")
    return f"| {promise.PROMISE} | `{name}`, {part} | {count.tried:,} | {count.passed:,} | {limits} | {datetime.date.today()} |"


def record(path, name, promise, parts):
    lines = path.read_text().splitlines()
    begin = lines.index(HEAD) + 2
    end = next((number for number in range(begin, len(lines)) if not lines[number].startswith("|")), len(lines))
    rows = {line.split("|")[2].strip(): line for line in lines[begin:end]}
    rows.update({f"`{name}`, {part}": row(name, promise, part, count) for part, count in parts.items()})
    lines[begin:end] = rows.values()
    path.write_text("\n".join(lines) + "\n")
