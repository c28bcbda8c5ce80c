#!/bin/sh
# The program as a person meets it: help, records, and a sentence for everything that can be got wrong.  tests/cli_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
small="-v 4 -m 2 -L 2 -P 16 --test-size 8 --width 8 --batch 8 --steps 60"   # P_max = 4 * 2^3 = 32
timeless() { sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//' "$@"; }

# help
expect "no command" 2 "Usage: rhm COMMAND" "$rhm"
expect "help" 0 "reproduce" "$rhm" --help
expect "version" 0 "rhm 0." "$rhm" --version
that "... is a line" sh -c "[ \$('$rhm' --version | wc -l) -eq 1 ]"
"$rhm" --version --verbose >made
for text in "rhm 0\." "flags  *-std=c++20" "sources  *[0-9]* (cksum)" "results  *version [0-9]*, arithmetic [0-9a-f]\{16\}$" \
    "kernels .*plain; chosen here: [a-z0-9]*$" "threads  *[1-9][0-9]*$"; do
    that "--version --verbose: $text" grep -q "^$text" made
done
"$rhm" check >checks; code=$?
that "the self-test passes" test $code -eq 0
that "... a line a check" sh -c '[ "$(grep -c "^ok " checks) passed, 0 failed" = "$(tail -n 1 checks)" ] && [ "$(wc -l <checks)" -ge 14 ] && ! grep -q FAILED checks'
for command in $("$rhm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'); do
    expect "help of $command" 0 "Usage: rhm $command" "$rhm" "$command" --help
done
expect "every rule explains itself" 0 "delta_l" "$rhm" rules dfa
for rule in $("$rhm" rules --format json | sed 's/{"name":"\([^"]*\)".*/\1/'); do
    expect "rule $rule" 0 "source" "$rhm" rules "$rule"
    expect "rule $rule trains" 0 '"kind":"result","status":"ok"' "$rhm" train -r "$rule" $small --format json
done

# words that do not exist: nothing is done
expect "unknown command" 2 "did you mean 'train'" "$rhm" trian
expect "unknown option" 2 "did you mean --width" "$rhm" train --widht 3
expect "unknown rule" 2 "did you mean 'vicreg'" "$rhm" train -r vicrge
expect "unknown word" 2 "did you mean 'adam'" "$rhm" train --optimizer adma
expect "unknown kernel" 2 "kernel" "$rhm" train --kernel fast
expect "option of another command" 2 "takes no --seeds" "$rhm" train --seeds 3
expect "missing value" 2 "wants a value" "$rhm" train -P
expect "no number" 2 "whole number" "$rhm" train -P many
expect "number out of range" 2 "from 1 to" "$rhm" train --width 0
expect "number with a tail" 2 "whole number" "$rhm" train --width 3x
expect "a flag takes no value" 2 "takes no value" "$rhm" train --bias=yes
expect "stray word" 2 "does not know what to do with 'bp'" "$rhm" train bp
expect "masks of a rule without" 2 "bp, fa and sign_symmetry only" "$rhm" train -r dfa --downstream-mask none

# tasks that cannot be
expect "m > v^(s-1)" 3 "v^(s-1) = 4" "$rhm" train -m 5
expect "P > P_max" 3 "P_max" "$rhm" train -L 1 -P 100
expect "too many leaves" 3 "leaves" "$rhm" train -L 20 -s 4
expect "depth above L" 3 "--depth" "$rhm" train -L 2 -m 2 -P 16 --test-size 8 --depth 3
expect "a run beyond the machine's memory" 3 "this process may use" "$rhm" train -L 10 -P 1000000000
expect "help shows whose default it is" 0 "[the rule's, else 0.2]" env COLUMNS=100 "$rhm" train --help
expect "a control is no random grammar" 0 "numbers of random rules" "$rhm" info -v 4 -m 4 -L 2 --control no-correlation
expect "tune saves no network" 2 "takes no --save" "$rhm" tune -r bp --save net.npy
expect "a network too large" 3 "--width" "$rhm" train --width 65536 --arch lcn -L 10 -v 4
if sh -c "ulimit -v 200000; '$rhm' --version" >/dev/null 2>&1; then  # the address sanitizer reserves more for itself
    expect "more memory than there is" 3 "memory" sh -c "ulimit -v 200000; '$rhm' train --width 8000 --steps 1"
else skip "more memory than there is"; fi

# grammars from files
"$rhm" grammar -L 2 -m 2 --format json -o grammar.json
expect "a grammar read back" 0 "ok:" "$rhm" train --grammar grammar.json $small
expect "a grammar that contradicts" 2 "contradicts" "$rhm" train --grammar grammar.json -L 3
expect "a missing file" 4 "nothing.json" "$rhm" show --grammar nothing.json
head -c 60 grammar.json >torn.json
expect "a truncated file" 3 "torn.json" "$rhm" show --grammar torn.json
that "a grammar drawn and the same one read give the same data" sh -c "'$rhm' generate -L 2 -m 2 -P 20 >a && '$rhm' generate --grammar grammar.json -P 20 >b && cmp a b"

# the record
"$rhm" train $small --format json -o run.jsonl
that "first line: the configuration" sh -c 'head -n 1 run.jsonl | grep -q "^{\"kind\":\"run\",\"version\":\"0.*\"lr\":0.018,.*\"batch\":8"'
that "then evaluations" grep -q '^{"kind":"eval","step":60,"loss":[0-9.e-]*,"train_accuracy":[0-9.]*,"test_accuracy":[0-9.]*}$' run.jsonl
that "last line: the result" sh -c 'tail -n 1 run.jsonl | grep -q "^{\"kind\":\"result\",\"status\":\"ok\",\"train_accuracy\":[0-9.]*,\"test_accuracy\":[0-9.]*,\"steps\":60,\"seconds\":[0-9.e-]*,\"samples_per_second\":[0-9.e+-]*}$"'
"$rhm" train $small --format json >again.jsonl
timeless run.jsonl >a; timeless again.jsonl >b
that "the same seed gives the same bytes" cmp a b
"$rhm" train $small --seed 1 --format json | timeless >c
that "another seed does not" sh -c '! cmp -s a c'
large="-v 16 -m 2 -L 3 --width 512 -P 300 --test-size 50 --steps 6 --format json"   # enough work a step for threads to share
for n in 1 2 3 0; do "$rhm" train $large --threads $n | timeless >"threads$n"; done
that "a large run, one to three threads: the same bytes" sh -c "cmp threads1 threads2 && cmp threads1 threads3 && cmp threads1 threads0 && grep -q result threads1"
expect "a diverging run says so" 5 '"status":"diverged"' "$rhm" train $small --optimizer sgd --lr 1e6 --steps 500 --format json

# a run as a record has it
"$rhm" train $small -L 3 -r clapp --lr 0.01 --margin 2 --format json -o like.jsonl
"$rhm" train -q --threads 1 --like like.jsonl --format json -o alike.jsonl
timeless like.jsonl >a; timeless alike.jsonl >b
that "--like repeats a run to the byte" cmp a b
"$rhm" train -q --like like.jsonl -L 2 --seed 5 -P 8 --format json -o other.jsonl
that "... with options of its own" grep -q '"levels":2,.*"train-size":8\|"train-size":8,.*"levels":2' other.jsonl
that "... and what follows from them" sh -c 'grep -q "\"depth\":2," other.jsonl && grep -q "\"lr\":0.01,.*\"seed\":5,.*\"margin\":2," other.jsonl'
"$rhm" train -q --like like.jsonl -r bp --format json -o rule.jsonl
that "another rule has its own constants" grep -q '"rule":"bp","optimizer":"adam","lr":0.01,.*"weight-decay":1,.*"margin":2,' rule.jsonl
"$rhm" train -v 4 -m 2 -L 2 -P 16 --test-size 12 --width 16 --steps 3 -q --format json -o plain.jsonl
"$rhm" train -q --like plain.jsonl -r infonce --format json -o rule.jsonl
that "... not what all others have" grep -q '"width":16,.*"rule":"infonce".*"batch":64,.*"temperature":0.43,.*"head-depth":3' rule.jsonl
"$rhm" train -q --like like.jsonl --times-law 0.5 --format json -o law.jsonl
that "... P by the law" grep -q '"train-size":16,' law.jsonl
"$rhm" grammar -v 5 -m 2 -L 2 --format json -o five.json
"$rhm" train -q --like like.jsonl --grammar five.json -P 8 --format json -o five.jsonl
that "... the task of another grammar" grep -q '"vocab":5,"classes":5,"synonyms":2,"tuple":2,"levels":2,.*"depth":2,' five.jsonl
{ echo '{"another":"program"}'; cat like.jsonl; } >second.jsonl
"$rhm" train -q --threads 1 --like second.jsonl --format json -o alike.jsonl
timeless alike.jsonl >b
that "... of a file in which it is not the first line" cmp a b
expect "--like no record" 4 "cannot read" "$rhm" train --like nowhere
expect "--like of other JSON" 3 "is no record" sh -c "echo '{\"a\":1}' >a.json; '$rhm' train --like a.json"
expect "--like and -o the same" 2 "like.jsonl" "$rhm" train --like like.jsonl -o like.jsonl
"$rhm" grammar -v 4 -m 2 -L 2 --seed 1 --format json -o changes.json
"$rhm" train $small -v 4 -m 2 -L 2 --grammar changes.json --format json -o changes.jsonl
"$rhm" grammar -v 4 -m 2 -L 2 --seed 2 --format json -o changes.json
expect "a grammar that changed since" 3 "is another one today" "$rhm" train -q --like changes.jsonl

# output that cannot be written: what was there stays
expect "a full disk" 4 "standard output" sh -c "'$rhm' rules >/dev/full"
expect "a full disk, file" 4 "/dev/full" "$rhm" train $small -o /dev/full
expect "a missing directory" 4 "No such file" "$rhm" train $small -o nowhere/run.jsonl
expect "a directory as file" 4 "directory" "$rhm" train $small -o .
echo before >kept
( ulimit -f 1; trap '' XFSZ; "$rhm" generate -L 4 -P 4000 --format csv -o kept ) >out.txt 2>&1
that "a failed write keeps the old file" sh -c '[ "$(cat kept)" = before ] && ! ls kept.tmp* 2>/dev/null'
expect "a closed pipe is no crash" 0 "" sh -c "'$rhm' generate -P 8000 2>err | head -n 1 >/dev/null; ! grep -q 'terminate called' err"
that "quiet in a pipe" sh -c "'$rhm' train $small 2>err >/dev/null && ! test -s err"
"$rhm" train $small --save net.npy >/dev/null && cp net.npy before.npy
expect "a sweep does not write into a file of another kind" 3 "something else than runs" "$rhm" sweep $small -o net.npy
that "... which stays as it was" cmp net.npy before.npy
mkdir -p real && echo before >real/data && chmod 640 real/data && ln -sf real/data link
"$rhm" generate -L 3 -P 5 -o link
that "a link is followed, and the file's permissions stay" sh -c '[ -L link ] && [ "$(wc -l <real/data)" -eq 5 ] && ls -l real/data | grep -q "^-rw-r-----"'
if [ -e /proc/self/fd/1 ]; then
    echo before >appended; ln -sf /proc/self/fd/1 stdout  # as /dev/stdout is, which a fault would break for the whole machine
    "$rhm" generate -L 3 -P 5 -o stdout >>appended
    that "a link to standard output appends to it" sh -c '[ "$(head -n 1 appended)" = before ] && [ "$(wc -l <appended)" -eq 6 ]'
fi
"$rhm" train $small -o run.jsonl --format json

# the manual page and what shells complete
"$rhm" help man >rhm.1
for command in $("$rhm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\).*/\1/p'); do that "the manual has $command" grep -q "^\.SS rhm $command" rhm.1; done
that "... and its options" grep -qF '\-\-batch N' rhm.1
if command -v man >/dev/null && man --version >/dev/null 2>&1; then that "man reads it" sh -c 'man --warnings -l rhm.1 2>warnings >/dev/null && ! test -s warnings'; else skip "man reads it"; fi
if command -v bash >/dev/null; then
    completes() { bash -c '. ./complete.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rhm; echo "${COMPREPLY[*]}"' - "$@"; }
    "$rhm" help bash >complete.bash
    that "bash completes a command" test "$(completes rhm su)" = "summary"
    that "... an option of the command" test "$(completes rhm train --downstr)" = "--downstream-mask"
    that "... not one of another command" test "$(completes rhm plot --downstr)" = ""
    that "... and its words" test "$(completes rhm train --arch f)" = "fcn"
else skip "bash completes"; fi
for shell in zsh fish; do
    "$rhm" help $shell >complete.$shell
    if command -v $shell >/dev/null; then that "$shell reads its completions" $shell -n complete.$shell; else skip "$shell reads its completions"; fi
done
that "fish has every option of train" test "$(grep -c "'__fish_seen_subcommand_from train'" complete.fish)" = "$("$rhm" train --help | grep -Ec '^  (-[a-zA-Z],|   ) --[a-z]')"

# Ctrl-C and SIGTERM
stopped() {  # stopped COMMAND...: its exit code after SIGTERM
    "$@" >stopped.txt 2>&1 & pid=$!
    hears $pid
    kill -TERM $pid; wait $pid
    echo $? >code
}
stopped "$rhm" generate -P 30000000 -o big.txt
that "generate stops, and leaves nothing" sh -c '[ "$(cat code)" = 143 ] && ! ls big.txt* 2>/dev/null && grep -q interrupted stopped.txt'
stopped "$rhm" train -L 6 -P 9000000 --steps 0
that "training stops while it draws its data" sh -c '[ "$(cat code)" = 143 ]'
"$rhm" sweep -q -r dfa --seed 0:10 --steps 100000000 --stop-loss 0 -o closed.jsonl 2>&- & pid=$!
until [ -e closed.jsonl ] || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done
kill -TERM $pid; wait $pid
that "no notice gets into a file when standard error is closed" sh -c 'test -e closed.jsonl && ! grep -q "^rhm" closed.jsonl'
cp net.npy before.npy; cp run.jsonl before.jsonl
stop_training TERM "$rhm" train -r dfa --steps 100000000 --stop-loss 0 --format json --save net.npy -o run.jsonl
that "an interrupted run replaces nothing, and says so" sh -c '[ "$0" = 143 ] && cmp net.npy before.npy && cmp run.jsonl before.jsonl && grep -q "left as it was" stopped.txt' "$code"
stop_training TERM "$rhm" train -r dfa --steps 100000000 --stop-loss 0 --format json --save part.npy -o part.jsonl
expect "an interrupted run is no finished one" 3 "there is no finished run" "$rhm" summary part.jsonl
sed 's/"local-mask":"exact"/"local-mask":"foo"/' run.jsonl >broken.jsonl
expect "a damaged record is named" 3 "broken.jsonl" "$rhm" summary broken.jsonl
expect "a quoted file is one line" 3 "" sh -c "tr '<' '\n' <net.npy >odd.npy; '$rhm' inspect --load odd.npy 2>err; code=\$?; [ \$(wc -l <err) -eq 1 ] && exit \$code"
expect "measured before the first step" 0 '"kind":"measure","what":"alignment","step":0' "$rhm" train $small --steps 0 --measure alignment --format json
finish
