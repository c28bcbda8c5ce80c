#!/bin/sh
# Measuring, saving, loading and inspecting as a person would, and the saved network opened in NumPy.  tests/measure_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
examples=$tests/../examples
small="-v 4 -m 2 -L 3 -P 100 --test-size 100 --width 8 --batch 16 --steps 40 --quiet"   # P_max = 4 * 2^7 = 512

expect "measured at the end" 0 "synonym sensitivity after 40 steps" "$rhm" train $small --measure all
expect "all four tables" 0 "beside bp's gradient after 40 steps" "$rhm" train -r dfa $small --measure alignment
that "no colour in a file" sh -c "'$rhm' train $small --measure all -o table.txt && ! grep -q '$(printf '\033')' table.txt && grep -q 'layer 3' table.txt"
"$rhm" train $small --measure probes,health --measure-every 15 --format json --save net.npy -o run.jsonl
that "measurements in the record" sh -c 'test "$(grep -c "^{\"kind\":\"measure\"" run.jsonl)" -eq 6 && grep "\"what\":\"probes\"" run.jsonl | cut -d, -f3 | tr "\n" " " | grep -qx "\"step\":15 \"step\":30 \"step\":40 "'
"$rhm" train $small --measure probes,health --measure-every 15 --format json >again.jsonl
that "the same seed gives the same measurements" sh -c 'grep "\"measure\"," run.jsonl >a; grep "\"measure\"," again.jsonl >b; cmp a b'
"$rhm" train $small --format json | grep '"kind":"result"' | sed 's/"seconds.*//' >a
grep '"kind":"result"' run.jsonl | sed 's/"seconds.*//' >b
that "measuring does not change the result" cmp a b

expect "inspect a record" 0 "symbols decoded by linear probes after 40 steps" "$rhm" inspect run.jsonl
expect "inspect a network" 0 "symbols decoded by linear probes after 40 steps" "$rhm" inspect --load net.npy
"$rhm" inspect run.jsonl >a; "$rhm" inspect --load net.npy --measure probes,health >b
that "a network and its record tell the same" cmp a b
"$rhm" train $small -L 3 -m 2 --steps 1 --init-scale 1e-7 --lr 1e-30 --measure health,probes --format json --save silent.npy -o silent.jsonl
"$rhm" inspect silent.jsonl >a; "$rhm" inspect --load silent.npy --measure health,probes >b
that "they do so of layers that are nearly silent, too" cmp a b
expect "inspect as JSON" 0 '"what":"sensitivity"' "$rhm" inspect --load net.npy --format json
"$rhm" inspect run.jsonl --format json >a; grep -e '"kind":"run"' -e '"kind":"measure"' run.jsonl >b
that "a record's measurements as they are" cmp a b
expect "training goes on from a network" 0 "ok:" "$rhm" train $small --load net.npy
"$rhm" train $small --norm batch --format json --save norm.npy | sed -n 's/.*"train_accuracy":\(.*\),"steps".*/\1/p' >a
"$rhm" train $small --norm batch --format json --load norm.npy --steps 0 | sed -n 's/.*"train_accuracy":\(.*\),"steps".*/\1/p' >b
that "and from its running moments" sh -c 'test -s a && cmp a b'

# what can be got wrong
expect "unknown measure" 2 "did you mean 'probes'" "$rhm" train $small --measure probe
expect "often, but what" 2 "--measure" "$rhm" train $small --measure-every 5
expect "nothing to swap" 2 "m = 1" "$rhm" train -m 1 -P 2 --test-size 1 --measure sensitivity
expect "nothing to inspect" 2 "one of the two" "$rhm" inspect
expect "both" 2 "one of the two" "$rhm" inspect run.jsonl --load net.npy
expect "alignment of a saved network" 2 "--measure alignment" "$rhm" inspect --load net.npy --measure alignment
expect "measuring a record" 2 "--load" "$rhm" inspect run.jsonl --measure probes
expect "a record without measurements" 3 "holds no measurements" sh -c "'$rhm' train $small --format json -o plain.jsonl && '$rhm' inspect plain.jsonl"
expect "no record at all" 3 "holds no measurements" "$rhm" inspect table.txt
expect "a network as a record" 3 "net.npy', line" "$rhm" inspect net.npy
sed 's/"accuracy":\[\[/"accuracy":[[[/' run.jsonl >torn.jsonl
expect "a damaged record" 3 "torn.jsonl', line" "$rhm" inspect torn.jsonl
expect "a missing network" 4 "nothing.npy" "$rhm" train $small --load nothing.npy
expect "a network of another shape" 3 "W1 of 8 x 8, this run wants W1 of 8 x 9" "$rhm" train $small --width 9 --load net.npy
head -c 900 net.npy >torn.npy
expect "a truncated network" 3 "torn.npy' has" "$rhm" inspect --load torn.npy
expect "a foreign file" 3 "no NPY file" "$rhm" inspect --load run.jsonl
expect "data instead of a network" 3 "no network" sh -c "'$rhm' generate -P 3 --format npy -o data.npy && '$rhm' inspect --load data.npy"
expect "a place that does not exist" 4 "no/where" "$rhm" train $small --save no/where.npy
cp net.npy before.npy
expect "what a diverged run measures" 5 "layer 3           -" "$rhm" train $small --optimizer sgd --lr 1e6 --init-scale 1e6 --measure all --save net.npy
that "a run that diverged leaves the file alone" cmp net.npy before.npy

python=
for candidate in python3 /usr/bin/python3; do "$candidate" -c "import numpy" 2>/dev/null && python=$candidate && break; done
if [ -n "$python" ]; then
    "$rhm" train --steps 300 --quiet --save net.npy >/dev/null
    "$rhm" generate --split test -P 4000 --format npy -o data.npy
    "$python" "$examples/05_open_network.py" net.npy data.npy >numpy.txt 2>&1
    that "the example opens it" grep -q "^W1 (8, 64)$" numpy.txt
    that "NumPy finds the same accuracy" "$python" -c 'words = open("numpy.txt").read().split()
a, b = float(words[words.index("accuracy") + 1]), float(words[-1])
print(a, b); assert abs(a - b) < 0.002 and a > 0.4'
    that "a network that NumPy changed and saved" "$python" -c 'import numpy as np
net = np.load("net.npy"); net["Wout"] *= -1; np.save("changed.npy", net)'
    expect "is read back" 0 "symbols decoded" "$rhm" inspect --load changed.npy --measure probes
else
    skip "the example opens it"; skip "NumPy finds the same accuracy"; skip "a network that NumPy changed and saved"; skip "is read back"
fi
finish
