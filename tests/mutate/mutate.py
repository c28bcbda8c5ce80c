#!/usr/bin/env python3
"""Plants faults of one token in the sources and sees whether the unit tests find them.

    python3 tests/mutate/mutate.py SEED COUNT [FILE...]     CXX="ccache g++" to be quick

Draws COUNT faults that compile from src/rules, data, net, train and study (or from the files given): < for <=, + for -,
* for /, && for ||, == for !=, ++ for --, another constant (0 and 1 swapped, others one more), an index one further, true for
false, or a statement left out. Each is planted in a copy of the tree, of which make compiles what depends on the file, at
-O1; the unit tests run until the first failure, or ten times as long as without a fault. Every line says caught, survived
(with the difference) or equivalent: listed in equivalent.txt beside this file, with the reason. The same SEED draws the same
faults from the same sources. Not run by CI: a fault takes about half a minute.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOMS = ["rules", "data", "net", "train", "study"]
BUILD = "build/mutate"
TESTS = [BUILD + "/tests/all"]  # every program of unit tests that `make test` runs
SWAPS = [(" < ", " <= "), (" > ", " >= "), (" + ", " - "), (" * ", " / "), (" += ", " -= "), (" *= ", " /= "),
         (" && ", " || "), (" == ", " != "), ("++", "--"), ("true", "false")]
NUMBER = re.compile(r"(?<![\w.\"'])(\d+\.?\d*(?:e[+-]?\d+)?)(?![\w.\"'])")
INDEX = re.compile(r"(?<=\w)\[(\w+)\]")
STATEMENT = re.compile(r"^\s+(?!return|break|continue|using|const|auto|static|template|case|default|else)"
                       r"[\w(*+-][^{}]*[)\w\]] *;$")


def code_of(line):
    """The line with comments and texts blanked, so that columns stay."""
    blank = lambda match: " " * len(match.group())
    line = re.sub(r'"(?:[^"\\]|\\.)*"', blank, line)
    return re.sub(r"//.*", blank, line)


def faults_of(path):
    """All faults of a file: (path, number of the line, the line with the fault)."""
    found = []
    for number, line in enumerate(open(path, encoding="utf-8").read().split("\n")):
        code = code_of(line)
        if code.startswith("#") or "static_assert" in code:
            continue
        edits = []
        for pair in SWAPS:
            for old, new in (pair, pair[::-1]):
                edits += [(m.start(), m.end(), new) for m in re.finditer(re.escape(old), code)]
        for m in NUMBER.finditer(code):
            text = m.group()
            other = {"0": "1", "1": "0"}.get(text) or (str(int(text) + 1) if text.isdigit() else f"(1 + {text})")
            edits.append((m.start(), m.end(), other))
        edits += [(m.start(1), m.end(1), m.group(1) + " + 1") for m in INDEX.finditer(code)]
        if STATEMENT.match(code):
            edits.append((0, len(line), ""))
        found += [(path, number, line[:a] + new + line[b:]) for a, b, new in edits]
    return found


def run(command, seconds=None):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return "timeout"


def build():
    return run(["make", "-j1", "BUILD=" + BUILD, "CXX=" + os.environ.get("CXX", "g++"), "CXXFLAGS=-O1", *TESTS])


def tests_fail(seconds):
    return any(run([test, "--abort"], seconds) != 0 for test in TESTS)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    seed, count, files = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    equivalent = {}
    for line in open(os.path.join(here, "equivalent.txt"), encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            where, _, reason = line.rstrip("\n").partition("  # ")
            equivalent[where] = reason
    copy = tempfile.mkdtemp(prefix="mutate.")
    try:
        shutil.copytree(os.path.join(here, "..", ".."), copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git", "results"))
        os.chdir(copy)
        files = files or sorted(os.path.join("src", room, name) for room in ROOMS for name in os.listdir("src/" + room))
        faults = [fault for path in files for fault in faults_of(path)]
        random.Random(seed).shuffle(faults)
        print(f"{len(faults)} faults in {len(files)} files; building", flush=True)
        if build() != 0:
            sys.exit("the tests do not build")
        start = time.time()
        if tests_fail(None):
            sys.exit("the tests fail without a fault")
        limit = 10 * (time.time() - start) + 10
        totals = {"caught": 0, "survived": 0, "equivalent": 0}
        for path, number, fault in faults:
            if sum(totals.values()) == count:
                break
            text = open(path, encoding="utf-8").read()
            lines = text.split("\n")
            was, lines[number] = lines[number], fault
            key = f"{path}: {was.strip()} => {fault.strip()}"
            if key in equivalent:
                outcome = "equivalent"
            else:
                open(path, "w", encoding="utf-8").write("\n".join(lines))
                outcome = None if build() != 0 else "caught" if tests_fail(limit) else "survived"
                open(path, "w", encoding="utf-8").write(text)
            if outcome:
                totals[outcome] += 1
                print(f"{outcome}: {key.replace(path, f'{path}:{number + 1}', 1)}", flush=True)
        judged = totals["caught"] + totals["survived"]
        print(f"{totals['caught']} of {judged} caught ({100 * totals['caught'] / max(judged, 1):.0f} %), "
              f"{totals['equivalent']} equivalent")
    finally:
        shutil.rmtree(copy)


main()
