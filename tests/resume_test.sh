#!/bin/sh
# rhm train --checkpoint and --resume: what was interrupted becomes the run that was not.  tests/resume_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
T="-v 4 -m 2 -L 3 -P 48 --test-size 24 --width 8 --stop-loss 0 --eval-every 500 --steps 4000 -r vicreg --measure health --measure-every 700 -q"
timeless() { tr '\n' ' ' <"$1" | sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//; s/ in [0-9.e+-]* s *([0-9.e+-]* samples\/s)//' | tr -s ' ' >"$1.timeless"; }
"$rhm" train $T --format json --save whole.npy -o whole.jsonl
"$rhm" train $T -o whole.txt
# SIGTERM comes when there is a checkpoint; whether the run has ended by then makes no difference.
"$rhm" train $T --format json --checkpoint half --save half.npy -o half.jsonl 2>stopped.txt & pid=$!
until [ -s half ] || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done
kill -TERM $pid 2>/dev/null; wait $pid; code=$?
that "an interrupted run says how to go on" sh -c '[ "$0" = 0 ] || grep -qF "; --resume half goes on" stopped.txt' $code
expect "the options are those of the checkpoint" 0 "" "$rhm" train --resume half -q --format json --save rest.npy -o rest.jsonl
"$rhm" train --resume half -q -o rest.txt
for file in whole.jsonl rest.jsonl whole.txt rest.txt; do timeless $file; done
that "the record is that of a run that was not interrupted" cmp whole.jsonl.timeless rest.jsonl.timeless
that "and so is the text" cmp whole.txt.timeless rest.txt.timeless
that "and so are the weights" sh -c 'tail -c 1000 whole.npy >a && tail -c 1000 rest.npy >b && cmp a b'
expect "it may go on writing where it reads" 0 "" "$rhm" train --resume half --checkpoint half -q -o again.txt
expect "the same option may be given" 0 "" "$rhm" train --resume half --width 8 -q
expect "another one is named" 2 "'half' is of a run with another --width; leave that out" "$rhm" train --resume half --width 9 -q
expect "no checkpoint" 3 "'whole.jsonl' is no checkpoint" "$rhm" train --resume whole.jsonl
expect "no such file" 4 "none" "$rhm" train --resume none
expect "not both" 2 "leave --like out" "$rhm" train --resume half --like whole.jsonl
expect "a checkpoint wants a file" 2 "--checkpoint wants a file" "$rhm" train $T --checkpoint /dev/null
expect "it is not overwritten by the record" 2 "half" "$rhm" train --resume half -o half
finish
