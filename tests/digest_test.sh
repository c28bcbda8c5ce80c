# What the program computes, as one short line for each of many small runs, beside the lines that it gave when they
# were last agreed on:
#
#   tests/digest/numbers.txt   test and training accuracy, loss and the checksum of the weights after training
#   tests/digest/texts.txt     checksums of what is written: records, tables, figures, exports
#
# What is no result is taken out: times, the version, the build, kernels, digests of the program. A change of wording or of
# the records' form changes texts alone; a line of numbers that changes says that the same command now trains something
# else.   sh tests/digest_test.sh RHM --renew   writes both files anew: look at the difference before it is committed.
renew=${2:-}
. "$(dirname "$0")/check.sh"
here=$tests/digest
size="-v 4 -m 2 -L 3 -P 48 --test-size 24 --batch 20 --width 8 --threads 1"
fast="$size --steps 30 -q"
triples="-s 3 -L 2 -P 32 --test-size 16"
pairs="clapp infonce ff vicreg barlow lpl simsiam"

clean() {  # what is no result
    sed -E -e 's/"(version|build|kernel|results|arithmetic)":("[^"]*"|[0-9]+),?//g' \
        -e 's/"(seconds|samples_per_second)":[^,}]*,?//g' -e 's/,}/}/g' \
        -e 's/drawn by rhm [^)]*\)//' -e 's/ in [0-9.e+-]+ s \([0-9.e+-]+ samples\/s\)//' -e "s|$work|DIRECTORY|g"
}

# The constants of a rule, whatever its defaults have become, in $constants; what a line gives itself counts more.
constants() {  # constants OPTIONS...
    rule=bp all="$*"
    while [ $# -gt 0 ]; do [ "$1" != -r ] || rule=$2; shift; done
    case $rule in
        barlow) set -- --lr 9.2e-3 --head 32 --head-hidden 64 --covariance 0.015 ;;
        bp) case $all in *-mask*) set -- --lr 3.7e-3 ;; *) set -- --lr 8.8e-3 ;; esac ;;
        clapp) set -- --lr 3.9e-3 --head 32 --head-hidden 0 --negatives 3 --margin 2.5 ;;
        dfa) set -- --lr 1.5e-3 --feedback-scale 1.2 ;;
        dkp) set -- --lr 3.7e-3 --feedback-scale 0.45 --decay 1.4e-6 ;;
        drtp) set -- --lr 1e-4 --feedback-scale 2.1 ;;
        ebd) set -- --lr 8.8e-3 --feedback-scale 5.7 --forgetting 0.99999 --power 0.01 --entropy 0.001 ;;
        fa | gated) set -- --lr 2.4e-3 --feedback-scale 3.4 ;;
        ff) set -- --lr 2.9e-3 --head 16 --head-hidden 64 --negatives 3 --threshold 1 ;;
        frozen) set -- --lr 1.4e-3 ;;
        infonce) set -- --lr 3e-3 --head 32 --head-hidden 64 --temperature 0.2 ;;
        layerwise) set -- --lr 8.8e-3 --head-hidden 0 ;;
        lpl) set -- --lr 5.2e-3 --head 4 --head-hidden 32 --variance 0.93 --covariance 0.74 ;;
        pepita) set -- --lr 1e-3 --feedback-scale 1 ;;
        sdfa) set -- --lr 1.9e-3 --feedback-scale 0.45 ;;
        sign_symmetry) set -- --lr 8.8e-3 --feedback-scale 5.7 ;;
        simsiam) set -- --lr 1.5e-3 --head 32 --head-hidden 32 ;;
        vicreg) set -- --lr 5.2e-3 --head 8 --head-hidden 32 --variance 1.7 --covariance 0.074 ;;
    esac
    constants="$* --head-levels 20 --head-depth 1 --head-init-scale 1 --positives pair --head-centre off --head-decay 1 --init-scale 1 --weight-decay 0 --epsilon 1e-8"
}

# Checksums are made at the end, of all files at once: to start a program costs more than most of these runs.
count=0 saved=
keep() {  # keep NAME FILE: a line of texts.txt
    count=$((count + 1))
    echo "$1: " >>names.txt
    clean <"$2" >text.$count
}
train() {  # train NAME OPTIONS...: one line of numbers, one of the record's text
    name=$1; shift
    rm -f net.npy
    constants "$@"
    if "$rhm" train $fast $constants "$@" --format json --save net.npy >out.jsonl 2>err.txt; then
        LC_ALL=C awk -v n="$name" '
            function value(key) { if (match($0, "\"" key "\":[^,}]*")) of[key] = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) }
            { value("test_accuracy"); value("train_accuracy"); value("loss") }
            END { printf "%s: test %.4f train %.4f loss %.6g weights \n", n, of["test_accuracy"], of["train_accuracy"], of["loss"] }' out.jsonl >>lines.txt
        weights >weights.$count
        saved="$saved weights.$count"
    else
        keep "$name" err.txt
    fi
    keep "$name" out.jsonl
}
weights() {  # what follows the header of net.npy and the texts of its run and result
    set -- $(od -An -tu1 -j6 -N6 net.npy)
    length=$(($3 + 256 * $4 + 10))
    [ "$1" -eq 1 ] || length=$(($3 + 256 * $4 + 65536 * $5 + 12))
    for text in $(head -c $length net.npy | LC_ALL=C grep -ao "'|S[0-9]*'" | tr -dc '0-9\n'); do length=$((length + text)); done
    tail -c +$((length + 1)) net.npy
}
text() {  # text NAME COMMAND...: a line for what the command writes
    name=$1; shift
    "$@" >out.txt 2>&1 </dev/null
    keep "$name" out.txt
}

constants
"$rhm" train $fast $constants --format json >out.jsonl 2>&1
if [ "${RHM_DIGEST:-}" != anyway ] && ! { [ "$(uname -m)" = x86_64 ] && grep -q '"build":"g++' out.jsonl && grep -q '"kernel":"avx' out.jsonl; }; then
    skip "the same bytes are promised for g++ on x86-64 with AVX2 or AVX-512 only"
    finish
fi

grep -o '"results":[0-9]*' out.jsonl | sed 's/"results":/results: /' >results.txt

# Every rule on every architecture, and on tuples of three.
for rule in $("$rhm" rules --format json | sed -n 's/.*"name":"\([a-z_]*\)".*/\1/p'); do
    for arch in cnn lcn fcn; do train "$rule $arch" -r "$rule" --arch $arch; done
    train "$rule of triples" -r "$rule" $triples --bias
    text "rules $rule" "$rhm" rules "$rule"
done
# Pairs, heads, predictors.
for rule in $pairs; do
    train "$rule synonyms" -r $rule --views synonyms --view-level 1
    train "$rule siblings" -r $rule --views siblings
    train "$rule siblings of triples" -r $rule --views siblings $triples
    for head in 0 6; do for views in class siblings; do
        train "$rule $views head $head" -r $rule --views $views --head $head --head-hidden 0
    done; done
    for views in class siblings; do train "$rule $views head 5 of 7" -r $rule --views $views --head 5 --head-hidden 7; done
    train "$rule groups" -r $rule --head 5 --head-hidden 7 --head-levels 1
    train "$rule groups of groups" -r $rule --head 5 --head-hidden 7 --head-levels 1 --head-depth 2
    train "$rule head's decay" -r $rule --weight-decay 0.1 --head-decay 9
    train "$rule greedy" -r $rule --schedule greedy --steps 45
    train "$rule end to end" -r $rule --schedule end-to-end --head 5 --head-hidden 7
    train "$rule class positives" -r $rule --positives class
    train "$rule readout after" -r $rule --readout-labels 16 --readout-steps 20
done
for rule in clapp infonce ff; do
    train "$rule anywhere" -r $rule --views siblings --negatives-from any
    train "$rule centred" -r $rule --head-centre on
    train "$rule centred online" -r $rule --head-centre on --online 8 --batch 3
done
train "layerwise groups of groups" -r layerwise --head-hidden 7 --head-levels 1 --head-depth 2
train "layerwise end to end" -r layerwise --head-hidden 7 --schedule end-to-end
for rule in clapp ff; do train "$rule three negatives" -r $rule --negatives 3; done
train "clapp hebbian" -r clapp --hebbian
train "clapp hebbian siblings" -r clapp --hebbian --views siblings
train "simsiam both ways" -r simsiam --stop-gradient off
train "ebd regularised" -r ebd --power 0.1 --entropy 0.1
for rule in vicreg lpl barlow; do train "$rule weights" -r $rule --invariance 2 --variance 0.5 --covariance 0.3; done
# Masks and feedback.
for rule in bp fa sign_symmetry; do
    for mask in none mean shuffled; do train "$rule masks $mask" -r $rule --downstream-mask $mask; done
    train "$rule no local mask" -r $rule --local-mask none
done
for rule in dfa sdfa drtp dkp ebd gated; do train "$rule shared feedback" -r $rule --feedback shared --feedback-scale 2; done
# One pair at a time: averages over the past, negatives from it.
for rule in clapp infonce ff vicreg barlow lpl; do
    train "$rule online" -r $rule --online 8 --batch 1 --arch lcn --optimizer sgd --head 0
    train "$rule online, head" -r $rule --online 8 --batch 3
done
train "clapp online, Hebbian" -r clapp --online 1 --batch 1 --hebbian

# Batch normalisation, on every architecture and of both views of a pair.
for rule in bp dfa pepita gated vicreg simsiam; do
    for arch in cnn lcn fcn; do train "$rule normalised $arch" -r $rule --norm batch --arch $arch; done
    train "$rule normalised, biases" -r $rule --norm batch --bias
done
train "bp normalised, no masks" -r bp --norm batch --downstream-mask none
train "vicreg normalised, readout after" -r vicreg --norm batch --views siblings --readout-labels 16 --readout-steps 20
train "dfa normalised, measured" -r dfa --norm batch --measure all --measure-every 15 --measure-size 16
text "inspected normalised network" "$rhm" inspect --load net.npy --format json
# Learning.
for rule in bp dfa vicreg; do
    train "$rule sgd" -r $rule --optimizer sgd --lr 0.1
    train "$rule cosine" -r $rule --lr-schedule cosine
    train "$rule decay" -r $rule --weight-decay 0.1
    train "$rule scaled rates" -r $rule --lr-scale 0.1,1,2,0.5 --init-scale 0.5
    train "$rule biases" -r $rule --bias --seed 3
    train "$rule threads" -r $rule --threads 3
    train "$rule deep" -r $rule --depth 4 --arch fcn
done
train "bp stops early" --steps 2000 --stop-loss 0.1 --eval-every 20
train "bp saved" --seed 2
cp net.npy saved.npy
train "bp loaded" --seed 2 --load saved.npy
train "bp uniform" --uniform --validation-size 4
train "bp control" --control no-correlation -v 4 -m 4
train "bp wide" --width 70 --batch 128
# Measures.
for rule in bp dfa vicreg; do train "$rule measured" -r $rule --measure all --measure-every 15 --measure-size 16; done
train "vicreg siblings measured" -r vicreg --views siblings --measure all
text "inspected record" "$rhm" inspect out.jsonl
train "vicreg saved" -r vicreg --seed 2
text "inspected network" "$rhm" inspect --load net.npy --format json
text "a run in words" sh -c "'$rhm' train $fast -r vicreg --eval-every 10 --measure all | tr '\\n' ' '"

# Experiments.
text sweep "$rhm" sweep $size -q --steps 40 --eval-every 10 --rule bp,dfa,vicreg -L 2:3 -m 2 -P 8:16:x2 --test-size 8 --seed 0:1 --measure all -o sweep.jsonl
for format in text csv json; do text "summary $format" "$rhm" summary sweep.jsonl --format $format; done
for kind in accuracy learning scaling ratio heat measures; do
    text "plot $kind" "$rhm" plot sweep.jsonl --kind $kind --terminal
    text "plot $kind svg" "$rhm" plot sweep.jsonl --kind $kind -o plot.svg
    text "plot $kind file" cat plot.svg
done
text tune "$rhm" tune $fast -r dfa -P 24 --validation-size 12 --trials 3 --seeds 2 -o tune
text "tune runs" cat tune/runs.jsonl
text masking "$rhm" masking $fast --steps 10 --seeds 2 -o masking
text "masking table" cat masking/table.csv
text plasticity "$rhm" plasticity --smoke --seeds 1 --steps 4 --threads 1 -q -o plastic
text "reproduce, dry" sh -c "'$rhm' reproduce --full --dry-run | tr '\\n' ' ' | sed 's/;.*//'"
text "siblings on lcn" "$rhm" train $fast -r vicreg --views siblings --arch lcn
mkdir report && cp sweep.jsonl report/
text report "$rhm" report report -o page.html
text "report page" cat page.html

# Data.
for format in npy csv jsonl text; do
    text "generate $format" "$rhm" generate -L 3 -P 20 --format $format --latents --inputs whitened -o data
    text "generate $format files" sh -c 'cat data*; rm -rf data*'
    text "generate $format test" sh -c "'$rhm' generate -m 2 -L 2 -P 20 --test-size 10 --split test --format $format -o test; cat test*"
done
for format in text json; do
    for command in grammar info show; do text "$command $format" "$rhm" $command -v 4 -m 2 -L 3 --seed 5 --format $format; done
done
"$rhm" grammar -v 4 -m 2 -L 3 --seed 5 --format json -o grammar.json
train "bp read grammar" --grammar grammar.json

{ cat results.txt; cksum $saved </dev/null | cut -d' ' -f1 | paste -d '\0' lines.txt -; } >numbers.txt
cksum $(seq -f text.%g $count) | cut -d' ' -f1 | paste -d '\0' names.txt - >texts.txt

# Numbers that changed are another version of the results; lines that are new are not.
unnumbered() { head -n 1 "$here/numbers.txt" | cmp -s - results.txt && diff "$here/numbers.txt" numbers.txt | grep -q '^<'; }
if [ "$renew" = --renew ]; then
    unnumbered && { echo "numbers have changed: first raise kResults in src/base/version.hpp"; exit 1; }
    mkdir -p "$here" && cp numbers.txt texts.txt "$here" && echo "renewed: $here/numbers.txt, $here/texts.txt"
    exit 0
fi
for part in numbers texts; do
    if diff "$here/$part.txt" $part.txt >out.txt; then good; else bad "digest of $part: the lines with < were agreed on, those with > are new; where numbers are meant to change, raise kResults in src/base/version.hpp, then --renew"; fi
done
finish
