#!/bin/sh
# What a sweep shows on a terminal, in pseudo-terminals of several sizes.  tests/progress_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
esc=$(printf '\033')
cat >sweep.sh <<END
stty cols \$1 rows \$2
rm -f runs.jsonl
exec "$rhm" sweep -v 4 -m 2 -L 3 -r bp,dfa,clapp,sign_symmetry -P 32,64 --test-size 200 --seed 0:2 --width 32 --steps \$3 --stop-loss 0 --threads 2 -o runs.jsonl >said.txt
END
# The longest line that is on the screen at any time, without the sequences that move the cursor.
longest() { sed "s/$esc\[[0-9]*[A-Z]//g" "$1" | tr '\r' '\n' | awk '{ if (length > most) most = length } END { print most + 0 }'; }
# Lines down and lines up again: equal when every frame is drawn over the last one.
down() { tr -cd '\n' <"$1" | wc -c; }
up() { grep -o "$esc\[[0-9]*A" "$1" | tr -cd '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }

if script -qc true /dev/null >/dev/null 2>&1 </dev/null && stty --version >/dev/null 2>&1; then
    for size in "100 24" "44 24" "60 4"; do
        steps=400 && : >screen  # what is left is known after a second: the faster the machine, the more steps
        until grep -q "left" screen || [ $steps -gt 100000 ]; do
            script -qc "sh sweep.sh $size $steps" /dev/null >screen </dev/null
            steps=$((4 * steps))
        done
        that "$size: says how long it takes" grep -q "left" screen
        that "$size: says how far it is" grep -q "% .* s" screen
        that "$size: the table" grep -q "^sign_symmetry  *[0-9]" screen
        that "$size: no line wraps" test "$(longest screen)" -lt "${size% *}"
        that "$size: each frame is drawn over the last" test "$(down screen)" -eq "$(up screen)"
        that "$size: nothing is left of it at the end" sh -c 'tr -d "\r" <screen | tail -n 1 | grep -q "$0\[J\$"' "$esc"
        that "$size: all runs are done" grep -q "^24 runs in" said.txt
    done
    script -qc "sh sweep.sh 100 24 400 >/dev/null 2>err.txt" /dev/null >/dev/null </dev/null
    that "no moving lines when standard error is a file" sh -c '! LC_ALL=C grep -q "$0" err.txt && [ "$(grep -cv "^rhm: " err.txt)" -eq 0 ]' "$esc"
else
    for size in "100 24" "44 24" "60 4"; do skip "the live table at $size: no 'script'"; done
fi
finish
