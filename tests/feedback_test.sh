#!/bin/sh
# rhm tune, rhm masking and rhm plasticity as a person uses them.  tests/feedback_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
small="-v 4 -m 2 -L 2 -P 16 --test-size 4 --width 8 --batch 8 --steps 60 -q"   # P_max = 4 * 2^3 = 32
timeless() { sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//' "$@"; }

expect "tune" 0 "Best:  rhm train --rule dfa" "$rhm" tune -r dfa $small --trials 3 --seeds 2 -o tuned
that "every run is recorded with its validation accuracy" sh -c 'test "$(grep -c "\"validation_accuracy\":[0-9]" tuned/runs.jsonl)" = 6'
cp tuned/runs.jsonl before.jsonl
"$rhm" tune -r dfa $small --trials 3 --seeds 2 -o tuned >first.txt
that "a finished search runs nothing again" cmp tuned/runs.jsonl before.jsonl
head -n 9 before.jsonl >tuned/runs.jsonl   # torn in the middle of a run
"$rhm" tune -r dfa $small --trials 3 --seeds 2 -o tuned >second.txt
timeless before.jsonl >a; timeless tuned/runs.jsonl >b
that "a torn search ends as the whole one" cmp a b
that "and says the same" cmp first.txt second.txt
"$rhm" tune -r dfa $small --trials 5 --seeds 2 -o tuned --format json >more.jsonl
that "more trials keep the first ones" sh -c 'test "$(grep -c "\"kind\":\"trial\"" more.jsonl)" = 5 && test "$(grep -c "^{\"kind\":\"run\"" tuned/runs.jsonl)" = 10'
$(sed -n 's/.*"command":"rhm \(.*\)"}$/\1/p' more.jsonl | sed "s|^|$rhm |") -q >best.txt
that "the best command line runs" grep -q "^ok: test accuracy" best.txt
"$rhm" tune -r dfa $small --trials 3 --seeds 1 --lr 0.01 -o t2 >fixed.txt
that "a learning rate that is given is not searched" sh -c 'tr "\\\\\n" "  " <fixed.txt | grep -q "Best:.* --lr 0.01 .*--feedback-scale" && test "$(grep -c -- "--lr" fixed.txt)" = 1'
for said in "bp (the defaults, at L=3)" "dfa (the defaults)"; do
    that "which constants a search began with: $said" sh -c '"$0" tune -r "${1%% *}" -m 2 -L 3 --times-law 1 --test-size 8 --width 8 --steps 2 --trials 1 --seeds 1 -q -o "t${1%% *}" | tr -s "\n " "  " | grep -qF -- "${1#* }"' "$rhm" "$said"
done
one="--test-size 8 --width 8 --steps 2 --trials 1 --seeds 1 -q"
expect "a search's other size is of its own law" 0 "and with P=90; 1 setting" "$rhm" tune -r bp -v 10 -m 3 -L 2 --times-law 0.5 --also-times-law 1 --fewer-levels 0 $one -o t10
"$rhm" grammar -v 6 -m 2 -L 3 --format json -o six.json
expect "a search on a grammar's file has one depth" 0 "and with P=96; 1 setting" "$rhm" tune -r bp --grammar six.json --times-law 1 --also-times-law 2 $one -o tfile
"$rhm" tune -r bp -v 6 -m 2 -L 3 --times-law 1 --also-times-law 2 --fewer-levels 0 $one -o tsame >/dev/null
that "and finds what a search on the same rules finds" cmp tfile/trials.csv tsame/trials.csv
expect "so it has no lower depths" 2 "leave out --fewer-levels" "$rhm" tune -r bp --grammar six.json --times-law 1 --fewer-levels 1 $one -o tnone
expect "a rule that is none" 2 "did you mean 'dfa'" "$rhm" tune -r dfaa $small
expect "training data and validation data must fit" 3 "P_max" "$rhm" tune -r dfa $small --validation-size 100

expect "masking, small" 0 "by the weights" "$rhm" masking --smoke --seeds 2 -q -o mask
cp mask/runs.jsonl before.jsonl
"$rhm" masking --smoke --seeds 2 -q -o mask --format json >mask.jsonl
that "a finished experiment runs nothing again" cmp mask/runs.jsonl before.jsonl
that "two tasks, an attribution each" sh -c 'test "$(grep -c "\"kind\":\"attribution\"" mask.jsonl)" = 2'
that "the table has a line for each row" sh -c 'test "$(wc -l <mask/table.csv)" = "$(($(grep -c "\"kind\":\"row\"" mask.jsonl) + 1))"'
that "one seed has no interval" sh -c "'$rhm' masking --smoke --seeds 1 -q -o mask1 --format json | grep -q '\"half_width\":null'"
expect "masking chooses the rules" 2 "takes no -r" "$rhm" masking -r dfa

few="--smoke --seeds 1 --steps 20 --rules clapp,vicreg -q"
expect "plasticity, small: 20 steps teach nothing" 1 "=> does not hold" "$rhm" plasticity $few -o plastic
cp plastic/runs.jsonl before.jsonl
"$rhm" plasticity $few -o plastic --format json --threads 2 >plastic.jsonl
that "a finished experiment of plasticity runs nothing again" cmp plastic/runs.jsonl before.jsonl
that "six lines for each rule with a head, five for bp" sh -c 'test "$(grep -c "\"kind\":\"row\"" plastic.jsonl)" = 17 && test "$(wc -l <plastic/table.csv)" = 18'
that "a claim, and what its update depends on" sh -c 'grep "\"kind\":\"claim\"" plastic.jsonl | grep -q "clapp: lateral"'
expect "without a contrastive rule it is undecided" 1 "=> undecided" "$rhm" plasticity --smoke --seeds 1 --steps 4 --rules vicreg -q -o half
expect "plasticity chooses the forms" 2 "takes no --batch" "$rhm" plasticity --smoke --batch 4
expect "one pair at a time" 0 "ok: test accuracy" "$rhm" train -r clapp -v 4 -m 2 -L 2 -P 16 --test-size 12 --steps 50 --batch 1 --online 1 --hebbian --head-centre off
expect "... whose mean is itself" 2 "give --online 2 or more" "$rhm" train -r clapp -v 4 -m 2 -L 2 -P 16 --test-size 12 --batch 1 --online 1
expect "one pair at a time compares nothing" 2 "give --batch 2 or more, or --online T" "$rhm" train -r clapp --batch 1

expect "diverged, and said so" 5 "diverged" "$rhm" train -r dfa $small --optimizer sgd --lr 1e6
expect "settings that all diverge: each is tried, and none is best" 5 "diverged)" "$rhm" tune -r dfa $small --optimizer sgd --lr 1e6 --trials 2 --seeds 2 -o t3
expect "too few factors" 2 "hidden layers" "$rhm" train $small --lr-scale 1
for arch in cnn lcn fcn; do
    for rule in $("$rhm" rules --format json | sed -n '/"family":"\(direct\|random\|control\)/s/{"name":"\([^"]*\)".*/\1/p'); do
        expect "$rule on $arch, shallower, with biases" 0 "ok:" "$rhm" train -r "$rule" $small --arch $arch --depth 1 --bias
    done
done
finish
