#!/bin/sh
# Where the same bytes are promised: any number of threads, avx2 and avx512.  tests/bytes_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
# The results without times; without the run's line, where the kernel may be named.
numbers() { "$rhm" train "$@" -q --format json 2>/dev/null | grep -v '"kind":"run"' | sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//'; }
has() { numbers -v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 1 --width 16 --kernel "$1" | grep -q result; }
small="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --eval-every 20 --width 16"
odd="-v 5 --classes 3 -m 3 -L 3 --test-size 40 -P 90 --steps 30 --eval-every 10 --width 23"   # no multiple of a register
large="-v 16 -m 2 -L 3 --width 512 -P 300 --test-size 50 --steps 6"                          # threads share its products
if has avx512 && has avx2; then
    for rule in bp dfa ebd infonce vicreg clapp; do
        for task in small odd; do
            eval "options=\$$task"
            numbers $options -r $rule --kernel avx2 --threads 1 >a; numbers $options -r $rule --kernel avx512 --threads 1 >b
            that "$rule, $task: avx2 and avx512 give the same bytes" sh -c 'grep -q result a && cmp a b'
        done
    done
    numbers $large --kernel avx2 --threads 1 >a; numbers $large --kernel avx512 --threads 3 >b
    that "... whatever the threads" sh -c 'grep -q result a && cmp a b'
else skip "avx2 and avx512"; fi
numbers $large --threads 1 >a; numbers $large --threads 3 >b
that "one thread and three give the same bytes" sh -c 'grep -q result a && cmp a b'
for place in "$tests/../README.md" help.txt; do
    [ "$place" = help.txt ] && "$rhm" --help >help.txt
    [ ! -f "$place" ] || that "promised in $(basename "$place")" sh -c 'tr "\n" " " <"$0" | tr -d "\`" | grep -q "any number of threads.*avx2 and avx512.*sse2.*plain.*another compiler.*other last digits"' "$place"
done
finish
