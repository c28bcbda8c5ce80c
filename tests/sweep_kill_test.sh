#!/bin/sh
# A sweep that is killed at random moments loses and repeats nothing:  tests/sweep_kill_test.sh PATH/TO/rhm [KILLS]
# The last line is `N passed, N failed`.
set -u
kills=${2:-12}
. "$(dirname "$0")/check.sh"
without_times() { sed -e 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//' "$1"; }
same_runs() { without_times "$1" >one.txt; without_times "$2" >other.txt; cmp one.txt other.txt; }
results() { grep -c '"kind":"result"' "$1"; }
says() { text=$1; shift; "$@" 2>&1 | grep -F -- "$text"; }
grid="-q -v 4 -m 2 -L 3 -r bp,dfa,clapp -P 32:128:x2 --test-size 200 --seed 0:3 --width 16 --steps 300 --stop-loss 0 --eval-every 100"
sweep() { "$rhm" sweep $grid "$@"; }
total=36

sweep -o alone.jsonl >/dev/null
that "a sweep has every run once" test "$(results alone.jsonl)" = $total

# Each try is killed a random moment after some more runs are done, so that it dies while it trains or writes.
killed=0 between=0 before=0 lost=0
while [ $killed -lt "$kills" ]; do
    "$rhm" sweep $grid -o killed.jsonl >out.txt 2>&1 & process=$!
    more=$((before + $(od -An -N1 -tu1 /dev/urandom) % 8))
    now=0
    until [ "${now:-0}" -gt $more ] || ! kill -0 $process 2>/dev/null; do
        sleep 0.01
        now=$(results killed.jsonl 2>/dev/null)
    done
    sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{printf "%.3f", $1 / 65536 * 0.02}')"
    kill -9 $process 2>/dev/null
    wait $process 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    now=$(results killed.jsonl 2>/dev/null)
    [ "${now:-0}" -gt 0 ] && [ "${now:-0}" -lt $total ] && between=$((between + 1))
    [ "${now:-0}" -lt $before ] && lost=$((lost + 1))
    before=${now:-0}
    [ "$before" -lt $total ] || rm -f killed.jsonl  # it was through: begin again
    [ -e killed.jsonl ] || before=0
done
sweep -o killed.jsonl >/dev/null
that "$killed kills, $between of them with some runs done: the same runs as without" same_runs alone.jsonl killed.jsonl
echo "$killed kills, $between of them with some runs done, $lost that lost a run"
that "some kills came in the middle" test $between -gt 0
that "no finished run was ever lost" test $lost -eq 0
that "no temporary files are left" sh -c '! ls | grep -F .rhm-'
that "nothing is left to do" says "$total of them from before" sweep -o killed.jsonl

sweep --shard 1/2 -o one.jsonl >/dev/null
sweep --shard 2/2 -o two.jsonl >/dev/null
that "two parts are the whole" test $(($(results one.jsonl) + $(results two.jsonl))) = $total
that "the parts are even" test "$(results one.jsonl)" = $((total / 2))
cat two.jsonl one.jsonl >merged.jsonl
that "merged parts need no further run" says "$total of them from before" sweep -o merged.jsonl
that "merged parts equal one sweep" same_runs alone.jsonl merged.jsonl

# A file with everything that may go wrong: another program's line, a run twice, a run cut off in its last line.
{ echo '{"another":"program"}'; cat alone.jsonl; sed 3q alone.jsonl | grep -v '"kind":"result"'; head -n 40 alone.jsonl; printf '{"kind":"eval","ste'; } >bad.jsonl
repeated=$(head -n 40 alone.jsonl | grep -c '"kind":"result"')
that "what does not count is reported" says "$repeated runs that were there already" sweep -o bad.jsonl
grep -v another bad.jsonl >good.jsonl
that "what does not count is gone, and nothing else" same_runs alone.jsonl good.jsonl
that "another program's line is kept" grep -q another bad.jsonl
head -c 2000 alone.jsonl >torn.jsonl
that "a torn file is reported" says "cut off" sweep -o torn.jsonl
that "a torn file is completed" same_runs alone.jsonl torn.jsonl
{ head -c 2000 alone.jsonl; cat alone.jsonl; } >glued.jsonl
that "a run after a torn line is found" says "$total of them from before" sweep -o glued.jsonl

"$rhm" sweep $grid --steps 1000000 -o held.jsonl 2>/dev/null & process=$!
until [ -e held.jsonl ] || ! kill -0 $process; do sleep 0.1; done
hears $process
that "two processes do not share a file" says "another process is writing" sweep -o held.jsonl
kill -INT $process
wait $process
that "Ctrl-C is exit code 130" test $? -eq 130
(ulimit -f 8; trap '' XFSZ; sweep -o full.jsonl) >out.txt 2>&1
that "a file that cannot grow is exit code 4" test $? -eq 4
that "a sweep goes on after the disk was full" sweep -o full.jsonl
that "and loses nothing" same_runs alone.jsonl full.jsonl
that "the number of threads changes nothing" sweep --threads 1 -o single.jsonl
that "one thread, the same runs" same_runs alone.jsonl single.jsonl
finish
