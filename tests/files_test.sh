#!/bin/sh
# What becomes of files: those that are there, those that cannot be written, and hours of work.  tests/files_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
T="-v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --width 16 -q --threads 1"
endless="-v 4 -m 2 -L 3 --test-size 12 -P 64 --width 16 -q --threads 1 --steps 1000000000000 --stop-loss 0 --eval-every 1000000"
clean() { ! ls -A | grep -F .rhm-; }

# known before training
expect "-o and --save are one file" 2 "would both write 'a'" "$rhm" train $T -o a --save a
expect "... by another name" 2 "would both write" "$rhm" train $T -o a --save ./a
ln -s a soft
expect "... by a link that leads nowhere yet" 2 "would both write" "$rhm" train $T -o a --save soft
echo x >b; ln b hard
expect "... by a hard link" 2 "would both write" "$rhm" train $T -o b --save hard
expect "... both standard output" 2 "would both write" "$rhm" train $T --save -
expect "... standard output sent to the file" 2 "would both write" sh -c "'$rhm' train $T --save b >>b"
expect "a network that is its own start" 2 "" sh -c "'$rhm' train $T --save n >n.txt && '$rhm' train $T --load n -o n"
expect "--save in no directory" 4 "nowhere/net" timeout 60 "$rhm" train $endless --save nowhere/net
expect "-o in no directory" 4 "nowhere/run" timeout 60 "$rhm" train $endless -o nowhere/run
if [ "$(id -u)" = 0 ] && mkdir -p small && mount -t tmpfs -o size=32k none small 2>/dev/null; then
    expect "--save on a full disk" 4 "No space left" timeout 60 "$rhm" train $endless --save small/net
    expect "-o on a full disk" 4 "No space left" timeout 60 "$rhm" train $endless -o small/run
    umount small
else skip "a full disk: needs root"; fi
expect "--save over the limit of a file" 4 "too large" sh -c "ulimit -f 8; timeout 60 '$rhm' train $endless --save big"
expect "-o over the limit of a file" 4 "too large" sh -c "ulimit -f 8; timeout 60 '$rhm' train $endless -o big"
that "... and nothing is left" sh -c "! test -e big && ! ls -A | grep -F .rhm-"

# a file that exists stays the file it was
echo before >c; ln c c2; ln -s c c3; chmod 640 c
"$rhm" train $T -o c3 >/dev/null
that "all names of a file get the new content" sh -c 'grep -q ok: c && cmp c c2 && [ -L c3 ]'
that "... its permissions stay" sh -c 'ls -l c | grep -q "^-rw-r-----"'
seq 100000 >long; ln long long2; "$rhm" train $T -o long >/dev/null
that "a longer file is cut" sh -c '[ "$(wc -l <long)" -lt 20 ] && cmp long long2'
echo before >r; chmod 444 r
expect "a read-only file is refused" 4 "read-only" "$rhm" train $T -o r
that "... and stays" grep -q before r
name=$(printf '%0250d' 0)
expect "the longest name" 0 "" "$rhm" train $T -o "$name"
mkfifo pipe
given_up() {  # given_up COMMAND...: a command that waits for a pipe is told to stop as soon as it listens
    "$@" 2>&1 & pid=$!
    hears $pid; kill -TERM $pid; sleep 0.5; kill -TERM $pid 2>/dev/null  # it may come just before the wait
    wait $pid
}
expect "a pipe without a reader is given up" 143 "interrupted" given_up "$rhm" train $T -o pipe
expect "... as the input of a summary" 143 "interrupted" given_up "$rhm" summary pipe
that "... whenever the signal comes" sh -c '
    for seconds in 0.001 0.002 0.003 0.005 0.007 0.01 0.02; do
        timeout -s KILL 60 timeout -s TERM --preserve-status $seconds "$@"; [ $? -eq 143 ] || exit 1
    done' sh "$rhm" train $T -o pipe
expect "a pipe is written as it goes" 0 "ok:" sh -c "cat pipe & '$rhm' train $T -o pipe; wait"
expect "a sweep does not wait for a pipe" 4 "no regular file" timeout 60 "$rhm" sweep $T -o pipe
expect "an endless file" 3 "larger than" timeout 60 "$rhm" summary /dev/zero
if sh -c "ulimit -v 20000; '$rhm' --version" >/dev/null 2>&1; then
    "$rhm" grammar -v 200 -m 1000 -s 5 -L 2 --format json -o big.json
    that "a grammar of 7.7 MB in 80 MB" sh -c 'ulimit -v 80000; "$0" info --grammar big.json' "$rhm"
    expect "... and not in 20" 3 "not enough memory" sh -c "ulimit -v 20000; '$rhm' info --grammar big.json"
    rm big.json
else skip "limited memory: not with this shell or build"; fi
expect "too many settings" 2 "runs" timeout 60 "$rhm" tune $T --trials 100000 --seeds 1000
if [ "$(id -u)" = 0 ] && : >mounted && mount --bind b mounted 2>/dev/null; then
    "$rhm" train $T -o mounted >out.txt 2>&1; code=$?
    that "a bind mount is written in place" sh -c "[ $code = 0 ] && grep -q ok: mounted"
    umount mounted
else skip "a bind mount: needs root"; fi
mkdir -p locked; echo before >locked/file; chmod 777 locked/file; chmod 555 locked .
if [ "$(id -u)" != 0 ]; then
    expect "a writable file in a directory that is not" 0 "" "$rhm" train $T -o locked/file
    that "... is written in place" grep -q ok: locked/file
elif user=$(command -v setpriv) && "$user" --reuid 65534 --clear-groups true 2>/dev/null; then
    chmod 755 .; cp "$rhm" ./copy; chmod 755 copy
    expect "a writable file in a directory that is not" 0 "" "$user" --reuid 65534 --clear-groups ./copy train $T -o locked/file
    that "... is written in place" grep -q ok: locked/file
else skip "a directory that may not be written: needs setpriv"; fi
chmod 755 . locked
that "no temporary is left" clean

# temporaries: a name that was planted is not written through
echo victim >victim; for n in 1 2 3; do ln -s victim "plant.tmp$((($$) + n))"; done
"$rhm" train $T -o plant >/dev/null
that "a planted link is not followed" grep -q victim victim
: >left.rhm-0123456789abcdef; : >left.rhm-0123456789abcdeg; : >left.rhm-short
"$rhm" train $T -o left >/dev/null
that "a leftover goes, other files stay" sh -c '! test -e left.rhm-0123456789abcdef && test -e left.rhm-0123456789abcdeg && test -e left.rhm-short'
rm -f left.rhm-*

# signals: the record and the network are kept
signals="HUP TERM INT XCPU"
case $(sed -n 's/^SigIgn:.*\(.\)$/\1/p' /proc/self/status 2>/dev/null) in
    *[13579bdf]) skip "HUP: it is ignored here, as under nohup"; signals=${signals#HUP } ;;
esac
for signal in $signals; do
    rm -f s.jsonl s.npy
    stop_training $signal "$rhm" train $endless --eval-every 100 --format json -o s.jsonl --save s.npy
    that "$signal: code $code, the record and the network" sh -c "[ $code -gt 128 ] && grep -q '\"status\":\"interrupted\"' s.jsonl && '$rhm' inspect --load s.npy && ! ls -A | grep -F .rhm-"
done
( trap '' HUP; exec "$rhm" train $endless 2>err >/dev/null ) & pid=$!
hears $pid; kill -HUP $pid
kill -TERM $pid; wait $pid
that "under nohup a hangup is nothing" test $? -eq 143

# standard streams that are closed take no file's place
expect "closed standard output" 4 "standard output" sh -c "'$rhm' rules >&-"
expect "... with -o" 0 "" sh -c "'$rhm' train $T -o d >&- && grep -q ok: d"
expect "closed standard input" 4 "cannot read" sh -c "'$rhm' summary - <&-"

# memory: a sentence, never an abort
if sh -c "ulimit -v 60000; '$rhm' --version" >/dev/null 2>&1; then
    for v in 5000 7000 9000 12000 16000 24000 32000; do
        sh -c "ulimit -v $v; '$rhm' train $T --threads 4 -P 64 -L 3" >out.txt 2>&1; code=$?
        that "$v KiB of memory: code $code" sh -c "case $code in 0|3|4|126|127|137) ;; *) exit 1 ;; esac"
    done
    "$rhm" grammar -v 200 -m 200 -L 3 >whole
    said=0
    for v in $(seq 5000 500 20000); do
        sh -c "ulimit -v $v; '$rhm' grammar -v 200 -m 200 -L 3" >part 2>out.txt; code=$?
        [ $code -ne 3 ] || said=$((said + 1))
        that "$v KiB of memory: the whole grammar, or no success (code $code)" sh -c "[ $code -ne 0 ] || cmp part whole"
    done
    that "some of these were too little, and were said to be" test $said -gt 0
else skip "little memory: the address sanitizer reserves more for itself"; fi
finish
