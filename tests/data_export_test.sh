#!/bin/sh
# The files that `rhm generate` writes, opened by the programs they are for:  tests/data_export_test.sh PATH/TO/rhm
# A program that is not installed is skipped and counted. The last line is `N passed, N failed, N skipped`.
set -u
rhm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
examples=$(cd "$(dirname "$0")/../examples" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -r "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0 skipped=0

check() {  # check NAME COMMAND...: the command must succeed
    name=$1; shift
    if "$@" >out.txt 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $name"; sed 's/^/    /' out.txt; fi
}
skip() { skipped=$((skipped + 1)); echo "skipped: $1"; }
expect() {  # expect NAME TEXT COMMAND...: the command must print the text
    name=$1 text=$2; shift 2
    "$@" >out.txt 2>&1
    if grep -qF -- "$text" out.txt; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $name: no '$text' in"; sed 's/^/    /' out.txt; fi
}
python_with() {  # the first Python that has a module
    for python in python3 /usr/bin/python3; do
        "$python" -c "import $1" 2>/dev/null && echo "$python" && return
    done
}

# A grammar as the RHM authors' generator makes it, in which symbols 3 to 5 of the middle level never occur.
cat >features.json <<END
[[0, 1], [[[0, 1], [1, 2]], [[2, 0], [1, 1]]],
 [[[0, 5], [1, 4]], [[2, 3], [3, 3]], [[2, 3], [3, 3]], [[4, 0], [5, 1]], [[4, 0], [5, 1]], [[0, 5], [1, 4]], [[2, 3], [3, 3]], [[2, 3], [3, 3]]]]
END
if command -v python3 >/dev/null; then
    check "a grammar of theirs is converted" sh -c 'python3 "$0"/06_convert_grammar.py features.json 6 >grammar.json' "$examples"
    check "and its data are drawn" "$rhm" generate --grammar grammar.json -P 12 --test-size 4 --format csv -o theirs.csv
    check "each is one of theirs" python3 -c '
import csv
parent = {"05": 0, "14": 0, "23": 1, "33": 1, "40": 2, "51": 2}  # read off features.json by hand
label = {(0, 1): 0, (1, 2): 0, (2, 0): 1, (1, 1): 1}
rows = list(csv.DictReader(open("theirs.csv")))
assert len(rows) == 12
for row in rows:
    x = [row["x%d" % i] for i in range(4)]
    assert label[parent[x[0] + x[1]], parent[x[2] + x[3]]] == int(row["label"]), row'
else skip "a grammar of theirs is converted: python3"; fi

check "npy" "$rhm" generate -P 10000 --split train --format npy --latents -o data.npy
check "npy, one-hot" "$rhm" generate -P 100 --split train --format npy --inputs one-hot -o one_hot.npy
check "npy, whitened" "$rhm" generate -P 100 --split train --format npy --inputs whitened -o white.npy
check "csv" "$rhm" generate -P 10000 --split train --format csv -o data.csv
check "jsonl" "$rhm" generate -P 100 --split train --format jsonl --latents -o data.jsonl
check "text" "$rhm" generate -P 100 --split train --format text -o data.txt
check "test part" "$rhm" generate -P 100 --test-size 100 --split test --format text -o test.txt
check "the parts differ" sh -c '! cmp -s data.txt test.txt'
expect "csv has a line a datum and a header" 10001 wc -l data.csv
expect "jsonl has a line a datum" 100 wc -l data.jsonl
expect "the same command gives the same bytes" same sh -c '"$1" generate -P 10000 --split train --format csv -o again.csv && cmp data.csv again.csv && echo same' - "$rhm"
expect "no file is left by a failed command" none sh -c '"$1" generate -P 100 --split train --format npy --levels 1 -o bad.npy; test -e bad.npy || echo none' - "$rhm"

python=$(python_with json)
if [ -n "$python" ]; then
    expect "jsonl in Python" "100 32 4" "$python" -c 'import json
lines = [json.loads(line) for line in open("data.jsonl")]
print(len(lines), len(lines[0]["leaves"]), len(lines[0]["latents"]))'
else skip "jsonl in Python"; fi

python=$(python_with numpy)
if [ -n "$python" ]; then
    expect "NumPy" "(10000, 32) (10000,) (10000, 32, 4)" "$python" "$examples/01_open_data.py" data.npy
    expect "npy and csv agree" True "$python" -c 'import numpy as np
a, b = np.load("data.npy"), np.loadtxt("data.csv", delimiter=",", skiprows=1)
print((a["leaves"] == b[:, 1:]).all() and (a["label"] == b[:, 0]).all())'
    expect "one-hot and whitened inputs" True "$python" -c 'import numpy as np
a, b = np.load("one_hot.npy"), np.load("white.npy")
one_hot = np.eye(4)[a["leaves"]]
print((a["inputs"] == one_hot).all() and np.allclose(b["inputs"], (one_hot - 1 / 4) / np.sqrt(1 - 1 / 4)) and b["inputs"].dtype == np.float32)'
else skip "NumPy"; skip "npy and csv agree"; skip "one-hot and whitened inputs"; fi

python=$(python_with pandas)
if [ -n "$python" ]; then expect "pandas" "x31" "$python" "$examples/02_open_data_pandas.py" data.csv; else skip "pandas"; fi
if command -v Rscript >/dev/null; then expect "R" "3" Rscript "$examples/03_open_data.R" data.csv; else skip "R"; fi
if command -v gnuplot >/dev/null; then expect "gnuplot" "which symbols open a string" gnuplot -e "file='data.csv'" "$examples/04_plot_data.gp"; else skip "gnuplot"; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
