#!/bin/sh
# Every test: the unit tests, then the scripts that use the program as a person would.  tests/run.sh UNIT_TESTS PROOFS RHM
# Each part ends with `N passed, N failed` (or `..., N skipped`); the last line here is their sum.
set -u
here=$(dirname "$0") unit=$1 proofs=$2 rhm=$3
passed=0 failed=0 skipped=0
logs=$(mktemp -d) || exit 1
log=$logs/part failures=$logs/failures
trap 'rm -rf "$logs"' EXIT
: >"$failures"

part() {  # part NAME COMMAND...
    name=$1; shift
    echo "== $name"
    { "$@" 2>&1; echo $? >"$logs/code"; } | tee "$log"
    code=$(cat "$logs/code")
    sed -n "s|^failed: |$name: |p" "$log" >>"$failures"
    set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p' "$log" | tail -n 1)
    if [ $# -lt 2 ] || { [ "$2" -eq 0 ] && [ "$code" -ne 0 ]; }; then echo "$name: ended with code $code" | tee -a "$failures"; failed=$((failed + 1)); fi
    passed=$((passed + ${1:-0})) failed=$((failed + ${2:-0})) skipped=$((skipped + ${3:-0}))
}

part "unit tests" "$unit"
part "proofs, in double" "$proofs"
for script in "$here"/*_test.sh; do part "$(basename "$script")" sh "$script" "$rhm"; done

echo
[ ! -s "$failures" ] || { echo "What failed:"; sed 's/^/  /' "$failures"; }
[ "$skipped" -eq 0 ] || echo "$skipped skipped: programs that are not installed here"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
