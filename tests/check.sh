# What the test scripts share. Sourced with the program in $1; works in a scratch directory that is removed at the end.
rhm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
tests=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0 skipped=0
export LC_ALL=C.UTF-8; unset COLUMNS NO_COLOR  # what is printed depends on them

# A dot a check that passed, a line a check that did not.
dots=
good() { passed=$((passed + 1)); printf .; dots=1; }
line() { [ -z "$dots" ] || echo; dots=; echo "$1"; }
bad() { failed=$((failed + 1)); line "failed: $1"; [ -f out.txt ] && head -n 20 out.txt | sed 's/^/    /'; }

expect() {  # expect NAME CODE TEXT COMMAND...: the command must end with the code and say the text
    name=$1 code=$2 text=$3; shift 3
    "$@" >out.txt 2>&1 </dev/null; got=$?
    if [ "$got" -eq "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" out.txt; }; then good; else echo "    ended with $got, wanted $code and '$text'" >>out.txt; bad "$name"; fi
}
that() { name=$1; shift; if "$@" >out.txt 2>&1; then good; else bad "$name"; fi; }   # that NAME COMMAND...: the command must succeed
# Waits until a process hears SIGTERM (before, a signal is its death without a word), or has ended.
hears() {  # hears PID
    [ -r /proc/self/status ] || { sleep 2; return; }
    while kill -0 "$1" 2>/dev/null; do
        caught=$(sed -n 's/^SigCgt:.*\(....\)$/\1/p' "/proc/$1/status" 2>/dev/null)
        case $caught in [4-7c-f]???) return ;; esac
        sleep 0.05
    done
}
# Sends a signal to a training run when it has begun to train; it is tried later and later until then.
stop_training() {  # stop_training SIGNAL COMMAND...: what it said is in stopped.txt, $code is its exit code
    signal=$1 late=0; shift
    while :; do
        "$@" >stopped.txt 2>&1 & pid=$!
        hears $pid; sleep $late; kill -"$signal" $pid; wait $pid; code=$?
        if grep -q "interrupted after [1-9]" stopped.txt || [ $late -ge 60 ]; then return; fi
        late=$((2 * late + 1))
    done
}
skip() { skipped=$((skipped + 1)); line "skipped: $1"; }
finish() { line "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"; [ "$failed" -eq 0 ]; exit; }
