#!/bin/sh
# The library: the programs of examples/embed, built against it, compute what the program does.  tests/embed_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
library=$(dirname "$rhm")/librhm.a
link=${LINK:-${CXX:-g++} -pthread}
[ -f "$library" ] && command -v "${link%% *}" >/dev/null || { skip "${link%% *} and librhm.a ('make librhm.a')"; finish; }
build() { program=$1; shift; $link -std=c++20 -ffp-contract=off -O0 -Wall -Wextra -Werror -I"$tests/../src" "$@" "$library" -o "$program"; }
timeless() { sed 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//'; }
cat >record.cpp <<'END'
#include <iostream>
#include <rhm.hpp>
int main(int, char** word) {
    rhm::Config config;
    rhm::set_all(config, word[1]);
    rhm::resolve(config);
    rhm::Hooks hooks;
    hooks.evaluated = [](const rhm::Evaluation& e, rhm::Trainer&) { std::cout << rhm::eval_line(e) << "\n"; };
    std::cout << rhm::run_line(config) << "\n";
    std::cout << rhm::result_line(rhm::train(config, hooks)) << "\n";
}
END
that "a program that writes records" build record record.cpp
that "the examples" build accuracy "$tests"/../examples/embed/accuracy.cpp "$tests"/../examples/embed/mistakes.cpp

train="-L 3 -P 200 --test-size 200 --width 24 --batch 32 --steps 200 --threads 1 -q --format json"
for rule in bp dfa vicreg; do
    ./accuracy rule=$rule >told
    that "$rule: the accuracy of 'rhm train'" sh -c "'$rhm' train $train -r $rule | grep -q \"\\\"test_accuracy\\\":\$(sed -n 's/^$rule: test accuracy \\(0\\.[0-9]*\\)\$/\\1/p' told),.*\\\"steps\\\":200\""
    ./record "rule=$rule levels=3 train-size=200 test-size=200 width=24 batch=32 steps=200" | timeless >a
    "$rhm" train $train -r $rule | timeless >b
    that "$rule: the record of 'rhm train', to the byte" sh -c 'cmp a b && [ "$(wc -l <a)" -gt 5 ]'
done
that "a rule of one's own learns" sh -c './accuracy rule=mistakes steps=600 seed=1 | grep -qE "^mistakes: test accuracy 0\.([4-9]|3[5-9])"'
expect "... is in the list beside the others" 1 "did you mean 'mistakes'" ./accuracy rule=mistake
expect "... and no rule of the program" 2 "there is no rule 'mistakes'" "$rhm" train -r mistakes
expect "what cannot be done is a sentence" 1 "'width' sets nothing of a run; write NAME=VALUE" ./accuracy width
expect "... with the cure" 1 "the language has only P_max" ./accuracy train-size=100000
that "the library lists every rule of the program" sh -c "./accuracy rule=zzzzzzzz 2>&1 | tr -d ',' >known; '$rhm' rules --format json | sed 's/{\"name\":\"\\([^\"]*\\)\".*/\\1/' | while read -r name; do grep -qw -- \"\$name\" known || exit 1; done"
finish
