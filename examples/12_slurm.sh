#!/bin/sh
#SBATCH --job-name=rhm-sweep
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --output=%x.%a.log
# A sweep as an array job, a part a task:    sbatch examples/12_slurm.sh
# Submit it again when a node died or time ran out: finished runs are neither lost nor repeated. RHM is the program, OUT the directory;
# sbatch copies this file elsewhere, so it is started from the directory that holds examples/. Afterwards:  cat OUT/part*.jsonl | rhm summary -
set -eu
. "${SLURM_SUBMIT_DIR:-.}/examples/10_sweep.sh"
OUT=${OUT:-results}
mkdir -p "$OUT"
exec "${RHM:-./rhm}" sweep $sweep --quiet --threads "${SLURM_CPUS_PER_TASK:-1}" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" -o "$OUT/part$SLURM_ARRAY_TASK_ID.jsonl"
