#!/bin/sh
# What is written is run: every `./rhm` line in the README's code blocks must work (the long ones are run by other tests).  tests/docs_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
ln -s "$rhm" rhm
sed -n '/^```sh/,/^```/p' "$tests/../README.md" | grep '^\./rhm' | grep -v 'rhm reproduce' | sed 's/ *#.*//' >commands
that "the README has at least six commands" test "$(wc -l <commands)" -ge 6
while read -r line; do that "$line" sh -c "$line"; done <commands

# Layers: base < data < net < rules < optim < run < out < cli; an include points only down.
layers="base data net rules optim run out cli"
order() { n=0; for layer in $layers; do [ "$layer" = "$1" ] && echo $n; n=$((n + 1)); done; }
for layer in $layers; do
    for used in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$tests/../src/$layer"/* | sort -u); do
        that "src/$layer includes $used/" test "$(order "$used")" -le "$(order "$layer")"
    done
done
finish
