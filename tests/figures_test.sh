#!/bin/sh
# rhm summary, plot, report and reproduce --full on tiny runs.  tests/figures_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
"$rhm" sweep -q -v 4 -m 2 -L 2:3 -r bp,dfa -P 8,16,64 --test-size 12 --seed 0:1 --width 8 --steps 60 --eval-every 20 -o runs.jsonl >/dev/null 2>&1
expect "summary, text" 0 "P*/P*(bp)" "$rhm" summary runs.jsonl
expect "summary, CSV" 0 "kind,v,n_c,m,s,L,rule,P,count,bound,value,low,high,law" "$rhm" summary runs.jsonl --format csv
expect "summary, JSON" 0 '{"kind":"p_star"' "$rhm" summary runs.jsonl --format json
expect "summary of standard input" 0 "P*" sh -c 'cat runs.jsonl | "$0" summary -' "$rhm" 
expect "no file" 2 "give the files" "$rhm" summary
expect "a missing file" 4 "none.jsonl" "$rhm" summary none.jsonl
expect "a file without runs" 3 "no finished run" sh -c 'echo x >empty; "$0" summary empty' "$rhm"
for kind in accuracy learning scaling heat; do that "plot $kind" "$rhm" plot runs.jsonl --kind $kind -o $kind.svg; done
expect "nothing to draw" 3 "--measure sensitivity,probes" "$rhm" plot runs.jsonl --kind measures
expect "plot in the terminal" 0 "●" "$rhm" plot runs.jsonl --terminal
that "the same bytes again" sh -c '"$0" plot runs.jsonl -o again.svg && cmp accuracy.svg again.svg' "$rhm"
if command -v rsvg-convert >/dev/null; then for kind in accuracy learning scaling heat; do that "rsvg-convert reads $kind.svg" rsvg-convert $kind.svg -o $kind.png; done
else for kind in accuracy learning scaling heat; do skip "rsvg-convert reads $kind.svg"; done; fi
"$rhm" sweep -q -v 4 -m 2 -L 3 -P 32 -r bp,dfa --test-size 12 --seed 0:1 --width 4,8,16,64 --optimizer sgd,adam --steps 20 --eval-every 10 --measure probes,sensitivity --measure-every 10 -o wide.jsonl >/dev/null 2>&1
"$rhm" summary wide.jsonl --x width --format csv | sed -n 's/.*,dfa optimizer=sgd,.*,//p' | xargs >places
that "summary --x: a row a value, sorted as numbers" test "$(cat places)" = "4 8 16 64"
expect "summary --x: words in the option's order, other options in the label" 0 "bp width=8         adam" "$rhm" summary wide.jsonl --x optimizer
expect "summary --x, JSON" 0 '"optimizer":"sgd"}' "$rhm" summary wide.jsonl --x optimizer --format json
expect "summary --x by a letter: the levels and their P" 0 "accuracy,4,4,2,2,,bp P=8,8,2" "$rhm" summary runs.jsonl --x -L --format csv
cp runs.jsonl other.jsonl
expect "summary --by-file: a row a file" 0 "dfa file=other.jsonl" "$rhm" summary --by-file runs.jsonl other.jsonl
"$rhm" summary --by-file runs.jsonl other.jsonl --format csv | sed -n 's/,\(bp\|dfa\) file=[a-z]*.jsonl,/,\1,/p' | sort | uniq -c | awk '{ print $1 }' | sort -u >alike
that "equal files have equal numbers" grep -qx 2 alike
that "and no others" test "$(wc -l <alike)" -eq 1
that "a ratio is that to the bp of the same file" test "$("$rhm" summary --by-file runs.jsonl other.jsonl --format csv | grep -c '^ratio,.*,dfa file=')" -eq 4
expect "plot --x" 0 "Test accuracy against width" "$rhm" plot wide.jsonl --x width
expect "plot --x, words in the terminal" 0 "adam   " "$rhm" plot wide.jsonl --x optimizer --terminal
expect "--x: a near word" 2 "did you mean 'width'?" "$rhm" summary wide.jsonl --x widht
expect "--x: the end of a name" 2 "did you mean 'readout-labels'?" "$rhm" plot wide.jsonl --x labels
expect "--x: an option that makes no other run" 2 "not 'threads'; 'rhm train --help' lists them" "$rhm" summary wide.jsonl --x threads
expect "--x: seeds are averaged" 2 "means are over the seeds" "$rhm" summary wide.jsonl --x seed
expect "--x: no run has a value" 3 "no run in these files has a value of --measure-every" "$rhm" summary runs.jsonl --x measure-every
expect "--x is of accuracy" 2 "without --kind ratio" "$rhm" plot wide.jsonl --x width --kind ratio
expect "plot layers: a panel a level, a curve a layer" 0 "dfa optimizer=sgd, P=32: level 3" "$rhm" plot wide.jsonl --kind layers --terminal
that "plot layers has both measures of 3 levels in 16 curves" test "$(grep -c ": level" out.txt)" = 96
expect "layers need measures on the way" 3 "--measure-every" "$rhm" plot runs.jsonl --kind layers
mkdir dir; cp runs.jsonl dir
expect "report" 0 "dir/report.html" "$rhm" report dir
that "the report holds its figures" grep -q "<svg" dir/report.html
"$rhm" reproduce --full --smoke --seeds 2 -q --steps 20 -o full >full.txt 2>&1
for file in runs.jsonl summary.csv masking.csv accuracy.svg measures.svg report.html; do that "reproduce --full writes $file" test -s full/$file; done
that "the headings of the report can be linked to" sh -c 'for id in claims rules curves masking plasticity layers numbers commands; do [ "$(grep -c "<h2 id=\"$id\"><a href=\"#$id\">" full/report.html)" = 1 ] || exit 1; done'
that "the page has colours for dark screens" grep -q "^@media(prefers-color-scheme:dark){:root" full/report.html
that "every table scrolls in its box" sh -c '[ "$(grep -c "<table>" full/report.html)" = "$(grep -c "<div class=.wide.><table>" full/report.html)" ]'
that "figures say of how many seeds they are" grep -q ">Mean of 2 seeds. Bands and bars: 95 % bootstrap" full/report.html
that "the report tells of the strict forms" grep -q "Without the aids that cortex has not" full/report.html
that "masking.csv has the fourteen lines of the table" sh -c '[ "$(wc -l <full/masking.csv)" -eq 15 ]'
that "the attribution is in text and report" sh -c 'grep -q "by the masks" full.txt && grep -q "by the masks" full/report.html'
that "the report has a row of each rule" sh -c 'for rule in $("$0" rules --format json | sed "s/{\"name\":\"\([^\"]*\)\".*/\1/"); do grep -q "<tr><td>$rule</td>" full/report.html || exit 1; done' "$rhm"
runs=$(grep -c '"kind":"result"' full/runs.jsonl)
"$rhm" reproduce --full --dry-run --smoke --seeds 2 --steps 20 >most.txt
that "the dry run counts at least what is run" test "$(head -n 1 most.txt | sed 's/ .*//')" -ge "$runs"
head -n 400 full/runs.jsonl >half; cp full/runs.jsonl before; mv half full/runs.jsonl
"$rhm" reproduce --full --smoke --seeds 2 -q --steps 20 -o full >/dev/null 2>&1
that "what was cut off is run again, with the same bytes" sh -c 'for f in before full/runs.jsonl; do sed "s/\"seconds\":[^,}]*//; s/\"samples_per_second\":[^,}]*//" $f >$f.timeless; done; cmp before.timeless full/runs.jsonl.timeless'
expect "reproduce --full --dry-run" 0 "runs; at most" "$rhm" reproduce --full --dry-run --smoke
finish
