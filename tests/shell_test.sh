#!/bin/sh
# The habits of the shell: pipes, "-", short flags together, commas in names.  tests/shell_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
T="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --width 16 -q --threads 1"
exits() { ( "$@" 2>err; echo $? >code ) | head -n 1 >/dev/null; }   # its exit code when nobody reads on

# | head
exits "$rhm" train $T --steps 20000 --eval-every 1 --stop-loss 0 --save net
that "| head: quiet, 141, and the network is saved" sh -c '[ "$(cat code)" = 141 ] && ! test -s err && "$0" inspect --load net' "$rhm"
exits "$rhm" generate -P 8000
that "| head: generate ends quietly" sh -c '[ "$(cat code)" = 141 ] && ! test -s err'
expect "the code is in the help" 0 "141" "$rhm" --help

# "-"
"$rhm" train $T --format json -o run.jsonl
"$rhm" grammar -v 4 -m 2 -L 2 --format json -o g.json
sweep="sweep $T --seed 0:1 -o s.jsonl"
for command in "train $T" "summary run.jsonl" "plot run.jsonl --kind learning" "grammar" "generate -P 4" "generate -P 4 --format npy"; do
    "$rhm" $command -o - >out1 2>err; code=$?
    that "rhm $command -o -" sh -c "[ $code = 0 ] && test -s out1 && ! test -e ./-"
done
mkdir d; cp run.jsonl d/
that "rhm report d -o -" sh -c "'$rhm' report d -o - 2>&1 | grep -q '<html'"
for command in "sweep $T" "tune $T" "masking --smoke" "plasticity --smoke" "reproduce --smoke"; do
    expect "rhm $command -o -" 2 "cannot be standard output" "$rhm" $command -o -
done
expect "--save -" 0 "" sh -c "'$rhm' train $T -o run.txt --save - >n && '$rhm' inspect --load n"
expect "--grammar -" 0 "ok:" sh -c "'$rhm' train $T --grammar - <g.json"
expect "--grammar /dev/stdin in a sweep" 0 "2 runs" sh -c "cat g.json | '$rhm' sweep $T --seed 0:1 --grammar /dev/stdin -o s.jsonl"
expect "show --grammar -" 0 "" sh -c "cat g.json | '$rhm' show --grammar -"
expect "--load -" 0 "layer" sh -c "cat net | '$rhm' inspect --load -"
expect "train --load -" 0 "ok:" sh -c "cat net | '$rhm' train $T --load -"
expect "inspect -" 3 "no measurements" sh -c "cat run.jsonl | '$rhm' inspect -"
expect "summary -" 0 "bp" sh -c "cat run.jsonl | '$rhm' summary -"
expect "summary /dev/stdin" 0 "bp" sh -c "cat run.jsonl | '$rhm' summary /dev/stdin"
if command -v bash >/dev/null; then
    expect "process substitution, grammar" 0 "ok:" bash -c "'$rhm' train $T --grammar <(cat g.json)"
    expect "process substitution, networks" 0 "layer" bash -c "'$rhm' inspect --load <(cat net)"
    expect "process substitution, records" 0 "bp" bash -c "'$rhm' summary <(cat run.jsonl)"
    expect "process substitution, output" 0 "ok:" bash -c "'$rhm' train $T -o >(cat >o.txt; mv o.txt got); until [ -e got ]; do sleep 0.05; done; cat got"
fi

# words
expect "short flags together" 0 "Usage: rhm train" "$rhm" train -qh
expect "... the last with a value" 0 "" "$rhm" train $T -qo joined
that "... which is written" test -s joined
expect "... and joined to it" 0 "P=16" "$rhm" train $T -qP16
expect "an unknown letter among them" 2 "-x" "$rhm" train -qxh
for command in summary plot report rules inspect show grammar info generate bench; do
    expect "rhm $command -qh" 0 "Usage: rhm $command" "$rhm" $command -qh
done
cp g.json 'a,b.json'; cp g.json 'c\d.json'
expect "a comma in a name of a list" 0 "1 run" "$rhm" sweep $T --grammar 'a\,b.json' -o comma.jsonl
expect "... and a backslash" 0 "" "$rhm" sweep $T --grammar 'c\\d.json,a\,b.json' -o comma.jsonl
expect "... which the help says" 0 '\,' "$rhm" sweep --help
for bias in "--bias true,false" "--bias=true,false" "--bias false,true"; do
    expect "sweep $bias" 0 "2 runs" "$rhm" sweep $T $bias -o bias.jsonl
done
expect "sweep --bias alone" 0 "1 run" "$rhm" sweep --bias $T -o bias.jsonl
expect "sweep --bias false" 0 "1 run" "$rhm" sweep $T --bias false -o bias.jsonl

# on a terminal a figure is drawn
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
    script -qec "'$rhm' plot s.jsonl" /dev/null >typed 2>&1 </dev/null
    that "plot draws in a terminal" sh -c '! grep -q "<svg" typed && ! grep -q "give -o" typed && test -s typed'
else skip "plot in a terminal: needs script"; fi
finish
