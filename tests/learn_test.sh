#!/bin/sh
# What a training run says when it does not learn, the data it uses, and tasks that cannot be trained.
. "$(dirname "$0")/check.sh"
task="-v 4 -m 2 -L 2"

# ---- the data of a run, written
lines() { n=$1; shift; "$rhm" generate "$@" >lines && [ "$(sort -u lines | wc -l)" = "$n" ] && [ "$(wc -l <lines)" = "$n" ]; }
options="-v 6 -L 3 -P 800 --test-size 400 --validation-size 50"
that "training data: as many as -P says" lines 800 $options --split train
that "test data: as many as --test-size says" lines 400 $options --split test
that "validation data: as many as --validation-size says" lines 50 $options --split validation
that "the parts share nothing" sh -c "for split in train test validation; do '$rhm' generate $options --split \$split; done >all && [ \$(sort -u all | wc -l) = 1250 ]"
that "without --split: training data, the whole language if wished" lines 32 $task -P 32
expect "test data beside the whole language" 3 "the language has only P_max = 32" "$rhm" generate $task -P 32 --test-size 1 --split test
expect "test data beside too many training data, as in training" 3 "lower -P" "$rhm" generate $task --test-size 12 --split test
expect "no validation data" 2 "--validation-size" "$rhm" generate $task -P 16 --test-size 8 --split validation
expect "a part that does not exist" 2 "did you mean 'train'" "$rhm" generate $task --split trian

# ---- one string a class: nothing to train, but a task
for command in grammar show info "generate -P 4"; do expect "$command -m 1" 0 "" "$rhm" $command -v 4 -m 1 -L 2; done
expect "one string a class cannot be trained" 3 "give -m 2 or more" "$rhm" train -v 4 -m 1 -L 2 -P 4 --test-size 4
expect "the same string is told whatever the sizes" 3 "give -m 2 or more" "$rhm" train -v 4 -m 1 -L 2

# ---- not finite is never ok, in whatever phase, and the advice fits the cause
T="$task --test-size 12 -P 16 --steps 60 --width 16 -q --threads 1"
refuses() { name=$1 text=$2; shift 2; expect "$name" 5 "$text" "$rhm" train $T "$@"; }
refuses "too large a step" "lower --lr" --optimizer sgd --lr 1e6
refuses "a step taken from large weights" "lower --lr or --init-scale" -r ff --optimizer sgd --lr 1e6 --init-scale 2
refuses "a step size of nothing" "lower --init-scale" -r vicreg --init-scale 1e6 --lr 0 --variance 1e6
refuses "weights that grow by decaying" "lower --weight-decay" --weight-decay 1e6 --lr 0.01
refuses "the same by the rule's own decay" "lower --decay" -r dkp --optimizer sgd --decay 300 --lr 0.01
refuses "layer by layer" "lower --lr" -r vicreg --schedule greedy --optimizer sgd --lr 1e6
refuses "a readout that learns alone" "times the readout's learning rate" -r infonce -L 3 -P 64 --test-size 40 --steps 50 --views siblings --readout-labels 16 --weight-decay 3000 --lr 1e-4
refuses "a readout from codes that are too large" "lower --init-scale" -r vicreg --readout-labels 8 --init-scale 1e6 --lr 0
that "its record says so, without a number" sh -c "'$rhm' train $T --optimizer sgd --lr 1e6 --format json 2>err | grep -q '\"status\":\"diverged\",\"train_accuracy\":null,\"test_accuracy\":null'"
expect "infonce at the lowest temperature" 0 "ok:" "$rhm" train $T -r infonce --temperature 0.001
expect "the same on siblings" 0 "ok:" "$rhm" train $T -r infonce --temperature 0.001 --views siblings
"$rhm" sweep $T --optimizer sgd --lr 0.001,1e6 --init-scale 1 --weight-decay 0 -o two.jsonl >out 2>&1
that "a sweep counts what diverged" grep -qx "1 diverged" out
expect "a summary too" 0 "of 2 runs: 1 diverged" "$rhm" summary two.jsonl
expect "a sweep in which every run diverged" 5 "every run diverged; lower --lr" "$rhm" sweep $T --optimizer sgd --lr 1e6 -o all.jsonl
expect "a search in which every run diverged" 5 "in every setting a run diverged" "$rhm" tune -v 4 -m 2 -L 2 -P 8 --test-size 4 --width 8 --steps 60 -q -r dfa --optimizer sgd --lr 1e6 --search init-scale=0.1:0.5 --trials 2 --seeds 1 -o tuned

# ---- finite, and yet nothing learnt
expect "dead layers are named" 0 "hidden layers 1 and 2 are mostly dead" "$rhm" train $T --init-scale 0
expect "with advice" 0 "raise --init-scale" "$rhm" train $T --init-scale 0
expect "weights that decay away" 0 "lower it" "$rhm" train $T --weight-decay 120 --lr 0.01 --init-scale 1
expect "a code that has collapsed" 0 "the code of hidden layers 1 and 2 has collapsed" "$rhm" train $T --init-scale 0
that "the record names them" sh -c "'$rhm' train $T --init-scale 0 --format json | grep -q '\"collapsed\":\[1,2\],\"dead\":\[1,1\]'"
"$rhm" sweep $T --init-scale 0,1 -o silent.jsonl >out 2>&1
that "a sweep counts them" grep -qx "1 with layers mostly dead or collapsed" out
expect "a summary counts them" 0 "of 2 runs: 1 with layers mostly dead or collapsed" "$rhm" summary silent.jsonl
that "a network that has learnt is not called silent" sh -c "! '$rhm' train $T --steps 400 | grep -q 'dead\|collapsed'"

finish
