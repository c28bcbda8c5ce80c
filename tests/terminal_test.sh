#!/bin/sh
# What people read fits 80 columns (or those of the terminal), holds no control characters whatever the names are,
# and is ASCII where the locale is not UTF-8.  tests/terminal_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
esc=$(printf '\033')
small="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --width 16 -q --threads 1"

# fits WIDTH FILE: no line is longer, counted in characters. ASCII FILE: no byte above 127. CLEAN FILE: no control but the line feed.
fits() { LC_ALL=C awk -v most="$1" '{ line = $0; gsub(/[\200-\277]/, "", line); if (length(line) > most) { print length(line) ": " $0; bad = 1 } } END { exit bad }' "$2"; }
ascii() { test "$(LC_ALL=C tr -d '\000-\177' <"$1" | wc -c)" -eq 0; }
clean() { test "$(LC_ALL=C tr -d '\012\040-\176\200-\377' <"$1" | wc -c)" -eq 0; }
# shown NAME COMMAND...: in both locales the command's whole output fits, is clean, and has as many lines
shown() {
    what=$1; shift
    LC_ALL=C.UTF-8 "$@" >utf8.txt 2>err.txt </dev/null; code=$?
    LC_ALL=C "$@" >c.txt 2>>err.txt </dev/null
    that "$what: ends well" test "$code" -le 1
    for file in utf8.txt c.txt; do
        that "$what: fits 80 columns ($file)" fits 80 $file
        that "$what: no control characters ($file)" clean $file
    done
    that "$what: ASCII in the C locale" ascii c.txt
    that "$what: no control characters in what it notes" clean err.txt
}

# Every command.
shown "help" "$rhm" --help
for command in $("$rhm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\).*/\1/p'); do shown "$command --help" "$rhm" "$command" --help; done
that "all commands were tried" test "$("$rhm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\).*/\1/p' | wc -l)" -eq 17
shown "rules" "$rhm" rules
for rule in $("$rhm" rules --format json | sed 's/{"name":"\([^"]*\)".*/\1/'); do shown "rules $rule" "$rhm" rules "$rule"; done
shown "grammar" "$rhm" grammar -v 32 -m 8 -s 4 -L 2
shown "grammar of long tuples" "$rhm" grammar -v 2 -m 2 -s 60 -L 1
shown "info" "$rhm" info
shown "info of a large task" "$rhm" info -v 16 -m 16 -s 2 -L 6 --arch lcn
shown "info of a control" "$rhm" info -v 4 -m 4 -L 2 --control no-correlation
shown "show" "$rhm" show
shown "show, sideways" "$rhm" show -v 64 -m 3 -L 6
shown "show, deep" "$rhm" show -m 2 -L 10
shown "generate" "$rhm" generate -v 4 -m 2 -L 3 -P 10 --format csv
shown "show, long tuples" "$rhm" show -v 3 -c 4 -m 3 -s 36 -L 1
shown "show, deep and many symbols" "$rhm" show -v 200 -m 3 -L 10
shown "train" "$rhm" train $small --measure all
shown "train, many levels" "$rhm" train $small -L 5 -m 3 --measure all --test-size 40
shown "train without labels" "$rhm" train -r infonce --views siblings --readout-labels 16 $small
"$rhm" train $small --measure all --format json --save net.npy -o run.jsonl
shown "inspect" "$rhm" inspect run.jsonl
shown "inspect --load" "$rhm" inspect --load net.npy
shown "masking" "$rhm" masking $small --seeds 2 -o masking
shown "plasticity" "$rhm" plasticity --smoke --seeds 2 --steps 2 -q -o plastic
shown "rules --audit" "$rhm" rules --audit
shown "tune" "$rhm" tune -r clapp $small -L 3 --trials 9 --seeds 2 -o tuned
for kind in accuracy learning heat; do shown "plot --kind $kind of tune" "$rhm" plot tuned/runs.jsonl --terminal --kind $kind; done
shown "sweep" "$rhm" sweep $small -L 2:3 -r bp,dfa,infonce -P 8:16:4,10 --seed 0:1 -o runs.jsonl
shown "sweep --dry-run" "$rhm" sweep $small -L 2:3 -P 8,16 --dry-run
shown "summary" "$rhm" summary runs.jsonl
"$rhm" train $small --measure all --seed 2 --format json >>runs.jsonl
for kind in accuracy learning scaling heat measures; do shown "plot --kind $kind" "$rhm" plot runs.jsonl --terminal --kind $kind; done
mkdir directory; cp runs.jsonl directory
shown "report" "$rhm" report directory
shown "reproduce" "$rhm" reproduce --smoke -q --steps 40 -o small
shown "reproduce, again" "$rhm" reproduce --smoke -q --steps 40 -o small
shown "reproduce --full --dry-run" "$rhm" reproduce --full --smoke --dry-run
shown "bench" "$rhm" bench data

# The terminal's width, and what the environment asks for.
for width in 40 60 132; do
    for command in train plot sweep; do COLUMNS=$width "$rhm" $command --help >out80; that "COLUMNS=$width: $command --help" fits $width out80; done
    COLUMNS=$width "$rhm" summary runs.jsonl >out80; that "COLUMNS=$width: summary" fits $width out80
    COLUMNS=$width "$rhm" plot runs.jsonl --terminal >out80; that "COLUMNS=$width: plot" fits $width out80
done
that "what is left out is said" sh -c 'COLUMNS=40 "$0" summary runs.jsonl | tr "\n" " " | grep -q "no room in 40 columns for: .*95 % *interval"' "$rhm"
that "help uses a wide terminal" sh -c 'COLUMNS=132 "$0" train --help | awk "length > 80 { wide = 1 } END { exit !wide }"' "$rhm"
that "help breaks no word" sh -c 'for width in 40 60 80; do COLUMNS=$width "$0" train --help | tr -s " \n" "\n\n" | sort -u >words.$width; done; cmp words.40 words.80 && cmp words.60 words.80' "$rhm"
that "continuation lines are as wide as the first" sh -c '"$0" train --help | grep -Eq "^ {28}[^ ].{40}"' "$rhm"
if script -qc true /dev/null >/dev/null 2>&1 </dev/null && stty --version >/dev/null 2>&1; then
    on_terminal() { script -qc "stty cols 72 rows 24; $1" /dev/null </dev/null | tr -d '\r' >screen; }
    on_terminal "'$rhm' train --help"
    that "a terminal of 72 columns: help" fits 72 screen
    on_terminal "LC_ALL=C.UTF-8 '$rhm' plot runs.jsonl --terminal --kind heat"
    that "a terminal has colours" grep -q "$esc\[48" screen
    on_terminal "LC_ALL=C.UTF-8 NO_COLOR=1 '$rhm' plot runs.jsonl --terminal --kind heat; NO_COLOR=1 '$rhm' show; NO_COLOR=1 '$rhm' inspect run.jsonl"
    that "NO_COLOR: none" sh -c '! grep -q "$0" screen' "$esc"
    on_terminal "TERM=dumb '$rhm' plot runs.jsonl --terminal; TERM=dumb '$rhm' show; TERM=dumb '$rhm' sweep -v 4 -m 2 -L 3 -P 32 --test-size 100 --steps 1000 --stop-loss 0 -o dumb.jsonl"
    that "TERM=dumb: nothing but text" sh -c '! grep -q "$0" screen' "$esc"
else
    skip "colours and width of a terminal: no 'script'"
fi

# Names that hold anything: no control character reaches the terminal, HTML or SVG; what is to be copied can be.
odd=$(printf 'g&<b>\033[31m \302\233"\047.json')
"$rhm" grammar -v 4 -m 2 -L 2 --format json -o "$odd"
cp "$odd" ./-x.json
for grammar in "$odd" "it's \$HOME.json" 'g&<b>.json' './-x.json'; do
    [ -f "$grammar" ] || cp ./-x.json "$grammar"
    shown "tune with an odd name" "$rhm" tune -r bp --grammar "$grammar" $small -P 8 --trials 2 --seeds 1 -o "odd $grammar"
    sed -n '/^Best:/,/^$/{s/^Best:  rhm/"$rhm"/;p;}' c.txt >best.sh
    that "the command for the best setting runs" sh -c 'rhm=$1; . ./best.sh' sh "$rhm"
    shown "train with an odd name" "$rhm" train --grammar "$grammar" $small
    shown "inspect of an odd record" sh -c '"$0" train --grammar "$1" $2 --measure all --format json -o odd.jsonl && "$0" inspect odd.jsonl' "$rhm" "$grammar" "$small"
    cp "odd $grammar/runs.jsonl" directory
    expect "report of odd names" 0 "" "$rhm" report directory -o page.html
    that "no control characters in the report" clean page.html
done
shown "an odd output" "$rhm" sweep $small -r bp,dfa -P 8,16 --seed 0:1 -o "$odd.jsonl"
sed -n '/^  rhm summary/,$p' c.txt | sed 's/^  rhm/"$rhm"/' >see.sh
that "the command after a sweep runs" sh -c 'rhm=$1; . ./see.sh' sh "$rhm"
"$rhm" sweep $small -r bp,dfa -P 8,16 --seed 0:1 -o ./-y.jsonl >out80
that "a leading dash is no option" grep -q "rhm summary ./-y.jsonl" out80
# A record whose text holds what no record of ours would.
sed 's/"arch":"cnn"/"arch":"c\\u001b[31m\\u0007\\u202e<\&n"/' "$odd.jsonl" >strange.jsonl
shown "summary of strange labels" "$rhm" summary strange.jsonl
for kind in accuracy learning heat; do
    shown "plot $kind of strange labels" "$rhm" plot strange.jsonl --terminal --kind $kind
    "$rhm" plot strange.jsonl --kind $kind -o strange.svg >/dev/null 2>&1
    that "an SVG of strange labels is clean" clean strange.svg
    if command -v rsvg-convert >/dev/null; then that "and well formed" rsvg-convert strange.svg -o strange.png; else skip "and well formed"; fi
done
for words in "train -r x${esc}[2Jy" "train --${esc}c" "${esc}c" "show 9${esc}" "summary no${esc}file" "train --grammar no${esc}file" "rules ${esc}"; do
    $rhm $words >out80 2>&1
    that "an error shows no control characters" clean out80
done
finish
