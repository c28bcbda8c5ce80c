#!/bin/sh
# rhm reproduce: the same bytes for any number of threads, nothing finished is lost, and a broken rule is seen.  tests/reproduce_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
timeless() { sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//' "$@"; }
quick="--smoke --steps 40 --seeds 2"

# 40 steps teach nothing, so claims must fail: exit 1
expect "without training no claim holds" 1 "=> does not hold" "$rhm" reproduce $quick --threads 2 -o two
"$rhm" reproduce $quick --threads 1 -o one --format json >one.txt
timeless one/runs.jsonl >a; timeless two/runs.jsonl >b
that "one and two threads: the same bytes" cmp a b
that "all runs are recorded, those of the strict forms too" sh -c '[ "$(grep -c "\"kind\":\"result\"" one/runs.jsonl)" -eq 18 ]'
that "table.csv has a line a rule" sh -c '[ "$(wc -l <one/table.csv)" -eq 8 ]'
that "--format json" sh -c '[ "$(grep -c "\"kind\":\"row\"" one.txt)" -eq 7 ] && [ "$(grep -c "\"kind\":\"claim\".*\"holds\":false" one.txt)" -eq 4 ] && for id in direct-feedback masks self-supervised plasticity; do grep -q "\"kind\":\"claim\",\"id\":\"$id\"" one.txt || exit 1; done'
that "with its numbers as fields" grep -q '"id":"masks".*"numbers":{"bp":0[.0-9]*,"bp_solved":0,"bp_unmasked":' one.txt

# finished runs are kept: cut the file in the middle of a block, as a kill would
lines=$(grep -n '"kind":"result"' one/runs.jsonl | sed -n '5s/:.*//p')
mkdir torn; head -n "$lines" one/runs.jsonl >torn/runs.jsonl; sed -n "$((lines + 1))p" one/runs.jsonl | head -c 300 >>torn/runs.jsonl
expect "an interrupted command goes on" 1 "5 of 18 runs were already there" "$rhm" reproduce $quick -o torn
timeless torn/runs.jsonl >c
that "and ends with the same bytes" cmp a c
mkdir killed; "$rhm" reproduce --smoke --steps 100 --seeds 3 -o killed >/dev/null 2>&1 & pid=$!
until grep -q '"kind":"result"' killed/runs.jsonl 2>/dev/null || ! kill -0 $pid; do sleep 0.1; done
kill -9 $pid; wait $pid 2>/dev/null
finished=$(grep -c '"kind":"result"' killed/runs.jsonl)
that "kill -9 leaves finished runs" test "$finished" -ge 1
"$rhm" reproduce --smoke --steps 100 --seeds 3 -o calm >/dev/null; "$rhm" reproduce --smoke --steps 100 --seeds 3 -o killed >used.txt
that "and they are used" grep -q "of 27 runs were already there" used.txt
timeless calm/runs.jsonl >d; timeless killed/runs.jsonl >e
that "with the same bytes in the end" cmp d e
"$rhm" reproduce --smoke -o stopped >stopped.txt 2>&1 & pid=$!
until [ -e stopped/runs.jsonl ] || ! kill -0 $pid; do sleep 0.1; done
kill -INT $pid; wait $pid; code=$?
that "Ctrl-C: code 130" test $code -eq 130
that "and a sentence" grep -q "goes on from there" stopped.txt

# a planted fault: vicreg drives the two views apart. The claims see it.
if command -v "${CXX:-g++}" >/dev/null && [ -f "$tests/../Makefile" ]; then
    cp -Rp "$tests/../src" "$tests/../Makefile" . && mkdir -p build
    cp -Rp "$tests/../build/"*/ build/ 2>/dev/null
    sed -i.bak 's/attract(pairs, 2 \* weight/attract(pairs, -2 * weight/' src/rules/vicreg.cpp
    that "the fault is planted" sh -c '! cmp -s src/rules/vicreg.cpp src/rules/vicreg.cpp.bak'
    rm src/rules/vicreg.cpp.bak
    cp "$tests/../examples/labs/mine.cpp" src/rules/
    that "the broken program builds" make CXX="${CXX:-g++}"
    mine() { "$@" train -r mine -L 3 -P 432 --steps 300 --test-size 1000 -q | sed -n 's/^ok: test accuracy 0\.\([0-9]\).*/\1/p'; }
    that "lab 5: the rule that is to be finished learns little" test "$(mine ./rhm)" -lt 5
    "$rhm" reproduce --smoke -o sound >sound.txt; code=$?
    that "sound rules: exit 0" test $code -eq 0
    ./rhm reproduce --smoke -o broken >broken.txt; code=$?
    that "a broken rule: exit 1" test $code -eq 1
    that "the third claim names it" sh -c 'sed -n "/^3\. /,/=>/p" broken.txt | grep -q "does not hold"'
    cp "$tests/../examples/labs/mine-solution.cpp" src/rules/mine.cpp
    that "lab 5: the finished rule builds" make CXX="${CXX:-g++}"
    that "and learns" test "$(mine ./rhm)" -ge 9
else skip "planted fault"; fi
finish
