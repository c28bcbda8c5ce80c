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

finish
