#!/usr/bin/env python3
"""Plants faults of one token in the sources and sees whether the unit tests find them.

    python3 tests/mutate/mutate.py SEED COUNT [FILE...]     CXX="ccache g++" to be quick
    python3 tests/mutate/mutate.py LOG                      once more the faults that survived in this output

Draws COUNT faults that compile from src/rules, data, net, train and study (or from the files given): < for <=, + for -,
* for /, && for ||, == for !=, ++ for --, another constant (0 and 1 swapped, others one more), an index one further,
true for false, or a statement left out. Each is planted in a copy of the tree, of which make compiles what depends on
the file, at -O1; of the programs of unit tests that changed by it those files run that include the fault's room or one
above it, until their first failure, or for five times the processor time that the program takes without a fault. Every
fault is caught, survived or equivalent: the programs are the same to the byte, or equivalent.txt beside this file lists
it with the reason. The last line is `N caught, N survived, N equivalent`. The same SEED draws the same faults from the
same sources. What reads or writes one number beyond an array may survive; with SANITIZE=address in the environment,
which make takes from there, the address sanitizer looks on: `SANITIZE=address mutate.py LOG`. Not run by CI: a fault
takes about a quarter of a minute.
"""
import glob
import hashlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile

ROOMS = ["base", "matrix", "data", "net", "rules", "train", "io", "study", "show", "cli"]  # includes point to the left
DRAWN = ["rules", "data", "net", "train", "study"]
BUILD = "build/mutate"
TESTS = [BUILD + "/tests/proofs", BUILD + "/tests/all"]  # the quicker one first
FILES = [BUILD + "/double/tests", BUILD + "/tests"]  # their objects
SWAPS = [(" < ", " <= "), (" > ", " >= "), (" + ", " - "), (" * ", " / "), (" += ", " -= "), (" *= ", " /= "),
         (" && ", " || "), (" == ", " != "), ("++", "--"), ("true", "false")]
NUMBER = re.compile(r"(?<![\w.\"'])(\d+\.?\d*(?:e[+-]?\d+)?)(?![\w.\"'])")
INDEX = re.compile(r"(?<=\w)\[([A-Za-z_]\w*)\]")
STATEMENT = re.compile(r"^\s+(?!return|break|continue|using|const|auto|static|template|case|default|else)"
                       r"[\w(*+-][^{}]*[)\w\]] *;$")


def code_of(line):
    """The line with comments and texts blanked, so that columns stay."""
    blank = lambda match: " " * len(match.group())
    line = re.sub(r'"(?:[^"\\]|\\.)*"', blank, line)
    return re.sub(r"//.*", blank, line)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")


def write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def faults_of(path):
    """All faults of a file: (path, number of the line, the line with the fault)."""
    found = []
    for number, line in enumerate(lines_of(path)):
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


def key_of(path, was, fault):
    return f"{path}: {was.strip()} => {fault.strip()}"


def digests():
    return [hashlib.sha256(open(test, "rb").read()).digest() for test in TESTS]


def build():
    """The digest of each program of tests; None if something does not compile."""
    made = subprocess.run(["make", "-j1", "APART=1", "BUILD=" + BUILD, "CXX=" + os.environ.get("CXX", "g++"), "CXXFLAGS=-O1", *TESTS],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return digests() if made.returncode == 0 else None


def files_above(folder, path):
    """The files of tests that a fault of a source can change, as tags of Catch2."""
    room = ROOMS.index(path.split("/")[1])
    tags = []
    for depends in glob.glob(folder + "/**/*.d", recursive=True):
        with open(depends, encoding="utf-8") as file:
            rooms = re.findall(r"\bsrc/(\w+)/", file.read())
        if any(ROOMS.index(name) >= room for name in rooms):
            tags.append(f"[#{os.path.basename(depends)[:-2]}]")
    return ",".join(tags)


def fails(test, chosen, seconds):
    """Whether chosen tests fail; they may use so many seconds of processor time, and wait for twenty times that."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        return subprocess.run([test, "--abort", "-#", chosen], preexec_fn=limit, timeout=20 * seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def seconds_of(test):
    """Five times the processor time that a program of tests needs."""
    used = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    start = used()
    if fails(test, "*", 3600):
        sys.exit(test + " fails without a fault")
    return int(5 * (used() - start)) + 5


def listed(path):
    """What equivalent.txt lists."""
    return {line.partition("  # ")[0] for line in lines_of(path) if line and not line.startswith("#")}


def drawn(seed, files):
    files = files or sorted(os.path.join("src", room, name) for room in DRAWN for name in os.listdir("src/" + room))
    faults = [fault for path in files for fault in faults_of(path)]
    random.Random(seed).shuffle(faults)
    return faults


def survived(log):
    """The faults that survived in an output of this program, wherever their lines are now."""
    found = []
    for line in log:
        match = re.match(r"survived: (\S+?):(\d+): (.*)", line)
        if not match:
            continue
        path, number, rest = match.groups()
        same = [f for f in faults_of(path) if key_of(path, lines_of(path)[f[1]], f[2]) == f"{path}: {rest}"]
        if same:
            found.append(min(same, key=lambda fault: abs(fault[1] + 1 - int(number))))
        else:
            print("no longer there: " + line)
    return found


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    equivalent = listed(os.path.join(here, "equivalent.txt"))
    log = lines_of(sys.argv[1]) if len(sys.argv) == 2 else None
    copy = tempfile.mkdtemp(prefix="mutate.")
    try:
        shutil.copytree(os.path.join(here, "..", ".."), copy, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns(".git", "build", "results"))
        os.chdir(copy)
        faults = drawn(int(sys.argv[1]), sys.argv[3:]) if log is None else survived(log)
        count = int(sys.argv[2]) if log is None else len(faults)
        print(f"{len(faults)} faults to draw from; building", flush=True)
        clean = build()
        if clean is None:
            sys.exit("the tests do not build")
        limits = [seconds_of(test) for test in TESTS]
        totals = {"caught": 0, "survived": 0, "equivalent": 0}
        for path, number, fault in faults:
            if sum(totals.values()) == count:
                break
            lines = lines_of(path)
            key = key_of(path, lines[number], fault)
            if key in equivalent:
                outcome = "equivalent"
            else:
                write(path, lines[:number] + [fault] + lines[number + 1:])
                made = build()
                write(path, lines)
                if made is None:
                    continue
                changed = [i for i in range(len(TESTS)) if made[i] != clean[i]]
                caught = any(fails(TESTS[i], files_above(FILES[i], path), limits[i]) for i in changed)
                outcome = "caught" if caught else "survived" if changed else "equivalent"
            totals[outcome] += 1
            print(f"{outcome}: {key.replace(path, f'{path}:{number + 1}', 1)}", flush=True)
        print(", ".join(f"{n} {outcome}" for outcome, n in totals.items()))
    finally:
        os.chdir(here)
        shutil.rmtree(copy)


if __name__ == "__main__":
    main()
