#!/bin/sh
# What is written is run: every `./rhm` line in the README's code blocks must work (the long ones are run by other tests).  tests/docs_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
ln -s "$rhm" rhm
sed -n '/^```sh/,/^```/p' "$tests/../README.md" | grep '^\./rhm' | grep -Ev 'rhm (reproduce|bench)' | sed 's/ *#.*//' >commands
that "the README has 700 words at most" test "$(wc -w <"$tests/../README.md")" -le 700
that "the README has at least six commands" test "$(wc -l <commands)" -ge 6
while read -r line; do that "$line" sh -c "$line"; done <commands
# What a lab says that its runs reach is what they reach, in the order of its commands; where the digits are those of
# all machines like this.
# numbers WHERE...: those of out.txt in this order, as a pattern; WHERE is TABLE:ROW:COLUMN of the layers.
numbers() {
    awk -v wanted="$*" '
        $1 != "layer" { inside = 0 }
        $1 == "layer" { table += !inside; inside = 1; column = 0
            for (i = 3; i <= NF; ++i) if ($i ~ /^[0-9.]+$/) x[table ":" $2 ":" ++column] = $i }
        END { n = split(wanted, where, " "); for (i = 1; i <= n; ++i) printf ".*%s", where[i] in x ? x[where[i]] : "no number at " where[i] }' out.txt
}
"$rhm" train -L 2 -m 2 -P 8 --test-size 8 --steps 1 --format json -q >one
like() { [ "$(uname -m)" = x86_64 ] && grep -q '"build":"g++' one && grep -q '"kernel":"avx' one; }
like || skip "what the labs' long runs reach"
for lab in "$tests"/../examples/labs/[0-9]*.md; do
    sed -n '/^```sh/,/^```/p' "$lab" | grep '^\./rhm' >typed
    reached=
    while read -r line; do
        that "$(basename "$lab"): $line" sh -c "$line"
        case $line in
        *" --steps 600 "*) reached="$reached.*$(awk '/^ok: test accuracy/ { printf "[^0-9]%.3f", $4 }' out.txt)" ;;
        *"inspect bp.jsonl") reached="$reached$(numbers 1:2:1 1:1:1 1:3:3 2:3:1 3:3:1)" ;;
        *" --steps 20 "*) reached="$reached$(numbers 1:3:2 1:3:3)" ;;
        *" --steps 60 "*) reached="$reached$(numbers 1:3:2)" ;;
        *"summary curve.jsonl") reached="$reached$(awk '$1 == "dfa" && NF == 10 { row = ".*" $7 ".*" $8 ".*" $10 } END { printf row ? row : "no ratio" }' out.txt)" ;;
        esac
    done <typed
    if [ -n "$reached" ] && like; then that "$(basename "$lab") tells what is reached" sh -c 'tr "\n" " " <"$0" | grep -q -- "$1"' "$lab" "$reached"; fi
done
that "the labs have their commands" test "$(cat "$tests"/../examples/labs/*.md | grep -c '^\./rhm')" -ge 15

# The rooms of src/, lowest first; an include points only down.
rooms="base matrix data net rules train io study show cli"
that "src/ has the rooms that are named here" test "$(ls -d "$tests"/../src/*/ | xargs -n 1 basename | sort | xargs)" = "$(printf '%s\n' $rooms | sort | xargs)"
places=$(cd "$tests" && find . -name '*_test.cpp' | cut -d/ -f2 | sort -u)
that "unit tests stand in the rooms that they test, or among the proofs" test "$(printf '%s\n' $rooms proofs $places | sort | uniq | wc -l)" -eq 11
order() { n=0; for room in $rooms; do [ "$room" = "$1" ] && echo $n; n=$((n + 1)); done; }
for room in $rooms; do
    for used in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$tests/../src/$room"/* | sort -u); do
        that "src/$room includes $used/" test "$(order "$used")" -le "$(order "$room")"
    done
done
that "no line of the sources is wider than 110 columns" sh -c '! LC_ALL=C.UTF-8 grep -rnE "^.{111,}" "$0"' "$tests/../src"

that "the citation is of this version" grep -qx "version: $("$rhm" --version | cut -d' ' -f2)" "$tests/../examples/CITATION.cff"

# The audit that is written is the one that is found.
"$rhm" rules --audit | sed '/^$/q' >audit
sed -n '/^rule  *a  b/,/^$/p' "$tests/../examples/full/README.md" | sed 's/^```$//; /^$/q' >written
that "the audit in examples/full" cmp audit written

# Every number with an interval in what is written is one of the committed summaries.
awk -F, '/^(ratio|p_star|accuracy)/ { printf "%.2f (%.2f .. %.2f)\n", $(NF-3), $(NF-2), $(NF-1) }' "$tests/../examples/full/"*.csv >known
cat "$tests/../README.md" "$tests/../examples/full/README.md" | tr -s '\n ' '  ' | grep -oE '[0-9.]+ \([0-9.]+ \.\. [0-9.]+\)' >written
that "there are such numbers" test "$(wc -l <written)" -ge 3
while read -r number; do that "$number is in the summary" grep -qxF "$number" known; done <written

that "every file of tune/ has its command" sh -c 'cd "$0" && for file in *.csv; do grep -qF "$file" commands.csv ../README.md || { echo "$file"; exit 1; }; done' "$tests/../examples/full/tune"

# The command of every search draws the settings that its file has (here on a task of a moment).
settings() { awk -F, '$2 == "false" { print $1 }' "$1" | grep -oE -e '--[a-z-]+ [^ ]+' | sort; }
tail -n +2 "$tests/../examples/full/tune/commands.csv" >searches
: >others
while IFS=, read -r search file command; do
    command=$(echo "$command" | sed -E 's/^"rhm//; s/"$//; s/ (-L|--times-law|--also-times-law|--fewer-levels|--test-size|--steps|--seeds) [^ ]+//g')
    eval "\"$rhm\" $command -L 3 -m 2 -P 10 --test-size 8 --steps 1 --seeds 1 --width 4 -q -o tuned" >out.txt 2>&1 </dev/null
    settings tuned/trials.csv >drawn
    settings "$tests/../examples/full/tune/$file" >written
    test -s drawn && cmp -s drawn written || echo "$search: $file" >>others
    rm -rf tuned
done <searches
that "every search draws what its file has: $(head -n 3 others)" sh -c 'test -s searches && ! test -s others'

# The table of ratios is the summary, row by row.
rows='/^| rule | L = 3 | L = 4 | L = 5 | L = 6 |$/,/^$/ { /^| [`b]/p; }'
sed 's/"\([^",]*\), \([^"]*\)"/\1; \2/' "$tests/../examples/full/summary.csv" | awk -F, '
    $1 == "ratio" && $2 == 4 && $4 == 3 && $5 == 2 {
        cell[$7, $6] = $10 == "=" ? sprintf("%.2f (%.2f .. %.2f)", $11, $12, $13) : sprintf("%s %.2f", $10, $12)
        rules[$7]
    }
    END {
        for (rule in rules) {
            name = rule ~ /;/ ? rule : "`" rule "`"
            sub(/;/, ",", name)
            printf "| %s |", name
            for (l = 3; l <= 6; ++l) printf " %s |", cell[rule, l]
            print ""
        }
    }' >known
sed -n "$rows" "$tests/../examples/full/README.md" >written
that "the table has the rules" test "$(wc -l <written)" -ge 14
that "the table of ratios is the summary: $(grep -vxFf known written)" sh -c '! grep -vxFqf known written'
finish
