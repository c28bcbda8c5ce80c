#!/bin/sh
# What a record is taken for: identity by content, runs of other results, files that were edited, files that are both
# read and written.  tests/records_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
tiny="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --width 16 --threads 1"
train() { "$rhm" train $tiny -q "$@"; }
sweep() { "$rhm" sweep $tiny -q "$@"; }
grammar() { "$rhm" grammar -v 4 -m 2 -L 2 --format json "$@"; }
value() { sed -n "s/.*\"$1\":\"*\([^,\"}]*\).*/\1/p" "$2"; }
has() { grep -qF -- "$1" "$2"; }
lacks() { ! grep -qF -- "$1" "$2"; }
count() { grep -c '"kind":"result"' "$1"; }
timeless() { sed -e 's/"seconds":[^,}]*,*//; s/"samples_per_second":[^,}]*//' "$@"; }
says() { text=$1; shift; "$@" >said.txt 2>&1; grep -F -- "$text" said.txt; }
silent() { text=$1; shift; "$@" >said.txt 2>&1; ! grep -F -- "$text" said.txt; }

# Content, not names.
grammar --seed 1 -o g.json
sweep --grammar g.json -o s.jsonl >/dev/null
grammar --seed 99 -o g.json
that "another grammar under the same name is another run" silent "from before" sweep --grammar g.json -o s.jsonl
that "and both are kept" test "$(count s.jsonl)" -eq 2
that "their digests differ" sh -c '[ "$(grep -o "grammar_digest\":\"[^\"]*" s.jsonl | sort -u | wc -l)" -eq 2 ]'
grammar --seed 1 -o h.json
that "the same grammar under another name is the same run" says "1 of them from before" sweep --grammar h.json -o s.jsonl
tr -d '\n ' <h.json >"i j.json"
that "nor is it another one when it is written otherwise" says "1 of them from before" sweep --grammar "i j.json" -o s.jsonl
that "two names of one content in a grid: one run" sh -c '"$0" sweep '"$tiny"' -q --grammar g.json,h.json,"i j.json" -o twice.jsonl >/dev/null && [ "$(grep -c result\", twice.jsonl)" -eq 2 ]' "$rhm"
that "a summary tells the two grammars apart" sh -c '"$0" summary s.jsonl | grep -F "bp grammar=g.json" >a && [ "$(sort -u a | wc -l)" -gt 1 ]' "$rhm"
train --seed 3 --save n.npy --steps 200 >/dev/null
train --load n.npy --format json >one.jsonl; train --seed 4 --save n.npy >/dev/null; train --load n.npy --format json >two.jsonl
that "loaded weights count by content" test "$(value load_digest one.jsonl)" != "$(value load_digest two.jsonl)"
cp n.npy m.npy; train --load m.npy --format json >three.jsonl
that "and not by name" test "$(value load_digest two.jsonl)" = "$(value load_digest three.jsonl)"

# A saved network carries its grammar.
train --grammar h.json --save net.npy >/dev/null
"$rhm" inspect --load net.npy --measure probes >before.txt
grammar --seed 7 -o h.json
"$rhm" inspect --load net.npy --measure probes >after.txt
that "a file written anew does not change what is measured" cmp before.txt after.txt
mkdir away; (cd away && "$rhm" inspect --load ../net.npy --measure probes) >after.txt 2>&1
that "a network is measured from anywhere" cmp before.txt after.txt
if command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
    for option in "--grammar g.json" "--grammar g.json --load m.npy"; do
        strace -E ASAN_OPTIONS=detect_leaks=0 -f -o trace -e trace=openat "$rhm" train $tiny -q --format json $option >/dev/null 2>&1
        that "a file is read once: $option" sh -c '[ "$(grep -c "[gm]\.\(json\|npy\)" trace)" -eq "$(echo "$1" | grep -o -- -- | wc -l)" ]' sh "$option"
    done
    mkdir runs; cp s.jsonl runs
    for call in 1 2; do
        expect "a directory that cannot be read: report, call $call" 4 "cannot read the directory" strace -E ASAN_OPTIONS=detect_leaks=0 -f -o trace -e inject=getdents64:error=EIO:when=$call "$rhm" report runs
    done
    for call in 1 2 3 4; do  # it looks for what a killed sweep left, and does without
        expect "a directory that cannot be read: sweep, call $call" 0 "1 run in " strace -E ASAN_OPTIONS=detect_leaks=0 -f -o trace -e inject=getdents64:error=EIO:when=$call "$rhm" sweep $tiny -q -o swept.$call
        that "the run is there: call $call" grep -q '"kind":"result","status":"ok"' swept.$call
    done
else skip "system calls: strace"; fi

# Runs of another version of the results.
sweep --seed 0:1 -o new.jsonl >/dev/null
older() { sed -e 's/"results":[0-9]*,//; s/"build":"[^"]*"/"build":"g++ 12.2.0, sources 4123456789"/; s/"test_accuracy":[0-9.]*/"test_accuracy":0.0123/' "$@"; }
older new.jsonl >old.jsonl
for order in "old.jsonl new.jsonl" "new.jsonl old.jsonl"; do
    cat $order >both.jsonl
    that "summary: $order" sh -c '"$0" summary both.jsonl 2>err >a; "$0" summary new.jsonl >b; cmp a b && grep -F "2 runs of a build with other results (version not numbered" err' "$rhm"
    rm -rf page; mkdir page; cp both.jsonl page
    that "report: $order" sh -c '"$0" report page >/dev/null 2>err; grep -F "2 runs of a build with other results" err && ! grep -F 0.012 page/report.html' "$rhm"
    that "plot: $order" sh -c '"$0" plot both.jsonl -o p.svg 2>err; "$0" plot new.jsonl -o q.svg; cmp p.svg q.svg && grep -F "other results" err' "$rhm"
    that "sweep: $order" says "2 of them from before" sweep --seed 0:1 -o both.jsonl
    that "older runs are kept in the file" test "$(count both.jsonl)" -eq 4
done
expect "nothing but older runs: summary" 3 "2 runs of a build with other results" "$rhm" summary old.jsonl
cp old.jsonl only.jsonl
expect "nothing but older runs: sweep" 0 "2 runs in only.jsonl" sweep --seed 0:1 -o only.jsonl
that "and they are kept" test "$(count only.jsonl)" -eq 4
sed 's/"results":[0-9]*/"results":99/' new.jsonl >future.jsonl
expect "a newer build's are named too" 3 "version 99" "$rhm" summary future.jsonl
sed 's/"build":"[^"]*"/"build":"g++ 13, another"/; s/"version":"[^"]*"/"version":"9.9"/' new.jsonl >built.jsonl
that "a build with the same results is no other run" says "2 of them from before" sweep --seed 0:1 -o built.jsonl
that "the identity has no name of a build" lacks sources new.jsonl
if "$rhm" train $tiny -q --kernel avx512 >out.txt 2>&1; then
    sweep --kernel avx512 -o k.jsonl >/dev/null
    that "avx2 and avx512 are one arithmetic" says "1 of them from before" sweep --kernel avx2 -o k.jsonl
    that "plain is another" silent "from before" sweep --kernel plain -o k.jsonl
else skip "no AVX-512 here"; skip "no AVX-512 here"; fi

# What people and their editors do to a file.
rm s.jsonl; sweep --seed 0:2 --eval-every 20 -o s.jsonl >/dev/null; timeless s.jsonl >wanted
cp s.jsonl base.jsonl
same() { that "$1: no run is made again" says "3 of them from before" sweep --seed 0:2 --eval-every 20 -o s.jsonl; timeless s.jsonl >got; that "$1: the same record" cmp wanted got; cp base.jsonl s.jsonl; }
sed 's/$/\r/' base.jsonl >s.jsonl; same "CRLF"
{ printf '\357\273\277'; cat base.jsonl; } >s.jsonl; same "a byte-order mark"
sed 's/$/  \t/; s/^/ /' base.jsonl >s.jsonl; same "blanks around lines"
sed 'G' base.jsonl >s.jsonl; same "empty lines"
printf '%s' "$(cat base.jsonl)" >s.jsonl; same "no last newline"
cat base.jsonl base.jsonl >s.jsonl; same "everything twice"
respaced() { timeless "$1" | sed 's/":/": /g; s/,"/, "/g; s/, *}/}/' >"$2"; }
sed 's/":/": /g; s/,"/, "/g' base.jsonl >s.jsonl
that "blanks after colons" says "3 of them from before" sweep --seed 0:2 --eval-every 20 -o s.jsonl
if command -v python3 >/dev/null; then
    python3 -c 'import json,sys; [print(json.dumps(json.loads(l), sort_keys=True)) for l in sys.stdin]' <base.jsonl >s.jsonl
    that "another order of keys" says "3 of them from before" sweep --seed 0:2 --eval-every 20 -o s.jsonl
else skip "another order of keys"; fi
"$rhm" summary base.jsonl >a; "$rhm" summary s.jsonl >b
that "a summary of the reordered file" cmp a b

# What cannot be read is kept and named, in a file that is written anew.
kept() {  # kept NAME LINE: the line is in s.jsonl, which then is rewritten
    that "$1: reported" says "not counted" sweep --seed 0:2 --eval-every 20 -o s.jsonl
    that "$1: kept" has "$2" s.jsonl
    that "$1: all runs are there" test "$(count s.jsonl)" -ge 3
    cp base.jsonl s.jsonl
}
sed '2s/"step":/"step";/' base.jsonl >s.jsonl; kept "a damaged evaluation" '"step";'
sed '1s/"seed":/"seed"!/' base.jsonl >s.jsonl; kept "a damaged run line" '"seed"!'
sed '0,/"status":"ok"/s//"status":"brilliant"/' base.jsonl >s.jsonl; kept "an unknown status" brilliant
sed '1s/"seed":0/"seed":0,"seed":1/' base.jsonl >s.jsonl; kept "a key that is there twice" '"seed":0,"seed":1'
sed '1s/}$//' base.jsonl >s.jsonl; kept "a line that lost its end" '"kind":"run"'
{ echo 'a note of mine'; cat base.jsonl; printf 'another, without an end'; } >s.jsonl; kept "notes" 'another, without an end'
{ cat base.jsonl; printf '\000\000\000\000'; } >s.jsonl
that "zeros at the end of a file" says "3 of them from before" sweep --seed 0:2 --eval-every 20 -o s.jsonl
cp base.jsonl s.jsonl; sed '$s/"ok"/"interrupted"/' base.jsonl >s.jsonl
that "an interrupted run is no finished one" says "2 of them from before" sweep --seed 0:2 --eval-every 20 -o s.jsonl
{ cat base.jsonl; head -c 100 base.jsonl; } >s.jsonl; same "a last line that is cut off"
{ cat base.jsonl; head -c 100 base.jsonl; cat base.jsonl; } >s.jsonl; same "a cut off line, merged by cat"

# Every field missing or of another kind: a sentence, for every reader.
mkdir fields
train --format json --measure health >fields/run.jsonl
cp fields/run.jsonl whole.jsonl
bad=0
for field in vocab classes synonyms tuple levels train-size test-size seed rule width depth lr told results arithmetic steps bias; do
    for how in 's/"FIELD":[^,]*,//' 's/"FIELD":[^,]*,/"FIELD":[1,{"a":2}],/' 's/"FIELD":[^,]*,/"FIELD":"x",/' 's/"FIELD":[^,]*,/"FIELD":-1e300,/' 's/"FIELD":[^,]*,/"FIELD":null,/'; do
        sed "1$(echo "$how" | sed "s/FIELD/$field/g")" whole.jsonl >fields/run.jsonl
        for command in "summary fields/run.jsonl" "plot fields/run.jsonl -o p.svg" "report fields" "plot --kind measures fields/run.jsonl -o p.svg" "inspect fields/run.jsonl"; do
            "$rhm" $command >out.txt 2>&1; code=$?
            case $code in 0 | 3) ;; *) bad=$((bad + 1)); echo "$field, $how, $command: $code" ;; esac
        done
    done
done
that "no reader breaks on a field that is missing or of another kind" test $bad -eq 0
bad=0
for field in step loss train_accuracy test_accuracy seconds samples_per_second status what deviation rank dead; do
    for how in 's/"FIELD":\("[^"]*"\|[^,}]*\)/"FIELD":"x"/' 's/"FIELD":\("[^"]*"\|[^,}]*\)/"FIELD":{}/' 's/"FIELD":\("[^"]*"\|[^,}]*\)/"FIELD":null/' 's/"FIELD":\("[^"]*"\|[^,}]*\)/"FIELD":1e308/'; do
        sed "2,\$$(echo "$how" | sed "s/FIELD/$field/g")" whole.jsonl >fields/run.jsonl
        for command in "summary fields/run.jsonl" "plot --kind learning fields/run.jsonl -o p.svg" "plot --kind measures fields/run.jsonl -o p.svg" "report fields" "inspect fields/run.jsonl"; do
            "$rhm" $command >out.txt 2>&1; code=$?
            case $code in 0 | 3) ;; *) bad=$((bad + 1)); echo "$field, $how, $command: $code" ;; esac
        done
    done
done
that "nor on one of an evaluation, a measurement or a result" test $bad -eq 0
sed '1s/"test-size":[0-9]*,//' whole.jsonl >fields/run.jsonl
expect "a run without its test-size" 3 "does not say its 'test-size'" "$rhm" report fields

# Success needs a judgement.
expect "--full of which nothing is known" 1 "undecided" "$rhm" reproduce --full --smoke --steps 1 --seeds 1 -q -o full
expect "the same as JSON" 1 '"holds":null' "$rhm" reproduce --full --smoke --steps 1 --seeds 1 -q -o full --format json
expect "masking without training" 1 "nothing could be judged" "$rhm" masking $tiny -q --steps 0 --seeds 1 -o masking
expect "tune without training" 1 "nothing could be judged" "$rhm" tune $tiny -q -P 8 --test-size 8 --steps 0 --trials 2 --seeds 1 -o tune
expect "tune of runs that all diverge" 5 "in every setting a run diverged" "$rhm" tune $tiny -q -P 8 --test-size 8 --optimizer sgd --lr 1e6 --init-scale 1e4 --trials 2 --seeds 1 -o tuned

# A file that is read is not written.
cp base.jsonl in.jsonl; grammar -o g.json; ln -s in.jsonl link.jsonl; ln in.jsonl hard.jsonl; ln -s g.json glink.json
mkdir dir; cp base.jsonl dir/a.jsonl; ln -s a.jsonl dir/report.html; mkdir out; ln g.json out/table.csv; ln g.json out/runs.jsonl
sum=$(cat in.jsonl g.json n.npy dir/a.jsonl | cksum)
refused() { expect "refused: rhm $*" 2 "would overwrite" "$rhm" "$@"; }
for out in in.jsonl link.jsonl hard.jsonl ./dir/../in.jsonl; do
    refused summary in.jsonl -o $out
    refused summary base.jsonl in.jsonl -o $out
    refused plot in.jsonl -o $out
done
refused report dir; refused report dir -o dir/a.jsonl
for out in g.json glink.json; do
    refused grammar --grammar g.json -o $out; refused generate --grammar g.json -P 4 --test-size 1 -o $out
    refused train $tiny -q --grammar g.json -o $out; refused train $tiny -q --grammar g.json --save $out
    refused sweep $tiny -q --grammar h.json,g.json -o $out
done
refused train $tiny -q --load n.npy --save n.npy; refused train $tiny -q --load n.npy -o n.npy
refused masking $tiny -q --grammar g.json -o out; refused tune $tiny -q -P 8 --test-size 8 --grammar g.json -o out
expect "refused: standard input" 2 "would overwrite" sh -c '"$0" summary - -o link.jsonl <in.jsonl' "$rhm"
expect "refused: standard output" 2 "standard output would overwrite" sh -c '"$0" summary in.jsonl >>in.jsonl' "$rhm"
that "and every file is as it was" test "$sum" = "$(cat in.jsonl g.json n.npy dir/a.jsonl | cksum)"
that "standard input to standard output" sh -c '"$0" summary - -o /dev/stdout <in.jsonl | grep "test accuracy"' "$rhm"
that "another file is written" "$rhm" summary in.jsonl -o other.txt
that "a word is no file" sh -c '"$0" rules dfa >dfa && grep equation dfa' "$rhm"

# Many seeds of one curve (a minute and gigabytes once).
awk 'NR == FNR { line[++n] = $0; next } END { for (s = 0; s < 4000; ++s) for (i = 1; i <= n; ++i) { l = line[i]; sub(/"seed":[0-9]+/, "\"seed\":" s, l); print l } }' whole.jsonl /dev/null >many.jsonl
if sh -c "ulimit -v 400000; '$rhm' --version" >/dev/null 2>&1; then
    that "thousands of seeds fit into little memory" sh -c 'ulimit -v 400000; "$0" summary many.jsonl | grep -F " 4000 "' "$rhm"
else skip "thousands of seeds in little memory: the address sanitizer reserves more for itself"; fi
finish
