#!/bin/sh
# Every system call and allocation of every command that writes fails once: what must come of it is in check().
#     tests/faults/run.sh all [PROGRAM]        some minutes          tests/faults/run.sh N [PROGRAM]   every N-th case
# PROGRAM is rhm with faults.cpp, which `make faulty` builds.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
every=${1:-all}; [ "$every" = all ] && every=1
program=${2:-$root/$(make -s -C "$root" faulty 2>/dev/null | tail -n 1)}
[ -x "$program" ] || { echo "there is no program: make faulty"; exit 1; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 number=0
T="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --width 16 -q --threads 1"

LC_ALL=C; export LC_ALL
timeless() {  # the head of a network is as long as its result line, and a sentence with a time wraps by it
    case $1 in *net|*net.kept-*) tail -n +2 "$1" ;; *) tr '\n' ' ' <"$1" ;; esac |
        sed 's/"seconds":[^,}]*//g; s/"samples_per_second":[^,}]*//g; s/ in [0-9.]* s ([^)]*)//'
}
same() { timeless "$1" >"$work/a"; timeless "$2" >"$work/b"; cmp -s "$work/a" "$work/b"; }

# A fresh directory to run in: inputs, and an output that is there already (kept), with a second name (linked).
mkdir "$work/inputs" && cd "$work/inputs" || exit 1
"$program" sweep $T --seed 0:1 -r bp,dfa -o runs.jsonl >/dev/null || exit 1
"$program" grammar -v 4 -m 2 -L 2 --format json -o g.json
mkdir d && cp runs.jsonl d
echo before >kept; echo before >linked; ln linked linked2

complain() {  # complain WHY
    failed=$((failed + 1))
    echo "failed: $1: rhm $command, RHM_FAULT=\"$fault\" (code $code)"; head -n 3 err | sed 's/^/    /'
}

check() {  # the output is whole or as before, nothing else is left, and the sentence says what is where
    case $code in 0|3|4) ;; *) complain "no exit code of a fault"; return ;; esac
    if [ "$code" != 0 ] && [ "$(grep -c '^rhm: ' err)" != 1 ]; then complain "not one sentence"; return; fi
    if ls -A . results 2>/dev/null | grep -qF .rhm-; then complain "a temporary file is left"; return; fi
    for kept in *.kept-*; do
        [ -e "$kept" ] || continue
        grep -qF "$kept" err || { complain "a file that the sentence does not name"; return; }
        same "$kept" ../expected/"${kept%%.kept-*}" || { complain "what is kept is not whole"; return; }
    done
    for out in $outputs; do
        if [ -e "$out" ] && same "$out" ../expected/"$out"; then continue; fi
        if [ "$code" = 0 ]; then complain "done, but $out is wrong"; return; fi
        [ "$out" = stdout ] && continue  # it may have begun
        [ ! -e "$out" ] && [ ! -e ../inputs/"$out" ] && continue
        [ -e "$out" ] && [ -e ../inputs/"$out" ] && cmp -s "$out" ../inputs/"$out" && continue
        case $out in
            *.jsonl) # grows by whole runs: the same command goes on from there
                "$program" $command >/dev/null 2>&1 </dev/null && same "$out" ../expected/"$out" && continue ;;
            linked*) grep -q "may be damaged now" err && continue ;;
        esac
        complain "$out is damaged"; return
    done
    passed=$((passed + 1))
}

fail_once() {  # fail_once "CALL K ERROR": the command in a fresh directory, on a system with this fault
    fault=$1 number=$((number + 1))
    [ $((number % every)) -eq 0 ] || return 0
    cd "$work" && rm -rf now && cp -a inputs now && cd now || exit 1
    RHM_FAULT=$fault TMPDIR=$work/now timeout 60 "$program" $command >stdout 2>err </dev/null; code=$?
    check
}

try() {  # try "OUTPUTS" COMMAND...: every call of the command fails
    outputs=$1; shift; command=$*
    cd "$work" && rm -rf expected && cp -a inputs expected && cd expected || exit 1
    RHM_FAULT_COUNTS=$work/counts "$program" $command >stdout 2>err </dev/null || { echo "failed: rhm $command"; failed=$((failed + 1)); return; }
    while read -r call count; do
        case $call in
            new)     errors=ENOMEM step=$((count / 150 + 1)) ;;
            read|pread|write|pwrite) errors="ENOSPC EIO EINTR EDQUOT short" step=1 ;;
            readdir|mkdir)           errors="EIO EACCES" step=1 ;;
            rename)                  errors="EBUSY EIO EINTR" step=1 ;;
            *)                       errors="ENOSPC EIO EINTR" step=1 ;;
        esac
        for error in $errors; do
            k=1
            while [ "$k" -le "$count" ]; do
                fail_once "$call $k $error"
                [ "$error" = EINTR ] || fail_once "$call $k $error from"
                k=$((k + step))
            done
        done
    done <"$work/counts"
}

try "out"           train $T --format json -o out
try "kept net"      train $T -o kept --save net
try "linked linked2" train $T --format json -o linked
try "out.jsonl"     sweep $T --seed 0:2 -o out.jsonl
try "runs.jsonl"    sweep $T --seed 0:2 -r bp,dfa -o runs.jsonl
try "kept"          generate -v 4 -m 2 -L 2 -P 16 --test-size 12 --format csv -o kept
try "out"           grammar --grammar g.json --format json -o out
try "stdout"        grammar --grammar g.json
try "kept"          summary runs.jsonl --format csv -o kept
try "out"           plot runs.jsonl --kind learning -o out
try "d/report.html" report d
try "stdout"        rules
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
