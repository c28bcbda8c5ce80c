#!/bin/sh
# A sweep in four parts with GNU parallel; --sshlogin would spread them over machines. Each part is one thread. Run it again after
# whatever happened: finished runs are not repeated.    sh examples/11_parallel.sh PATH/TO/rhm DIRECTORY
set -eu
. "$(dirname "$0")/10_sweep.sh"
mkdir -p "$2"
parallel --jobs 2 "$1" sweep $sweep --quiet --threads 1 --shard {}/4 -o "$2/part{}.jsonl" ::: 1 2 3 4 >&2
cat "$2"/part*.jsonl >"$2/sweep.jsonl"
"$1" summary "$2/sweep.jsonl"
