#!/bin/sh
# The examples that run a sweep by parts, with GNU parallel and as a Slurm array job on this machine.  tests/cluster_test.sh RHM
# Slurm needs slurmctld, slurmd and munged, and root to start them in a scratch directory; what cannot start is a skip.
set -u
. "$(dirname "$0")/check.sh"
examples=$tests/../examples
export RHM_SWEEP="-v 4 -m 2 -L 3 -r bp,dfa -P 32:128:x2 --test-size 200 --seed 0:3 --width 16 --steps 200 --stop-loss 0"
without_times() { sed -e 's/"seconds":[^,}]*//; s/"samples_per_second":[^,}]*//' "$@"; }
"$rhm" sweep -q $RHM_SWEEP -o alone.jsonl >/dev/null
"$rhm" summary alone.jsonl >alone.txt
same() { cat "$1"/part*.jsonl >merged.jsonl && "$rhm" sweep -q $RHM_SWEEP -o merged.jsonl | grep '24 of them from before' && without_times alone.jsonl >a && without_times merged.jsonl >b && cmp a b; }

# an array task without Slurm: what the script does with what Slurm sets
for i in 1 2 3; do that "part $i by hand" env SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=3 SLURM_SUBMIT_DIR="$examples/.." RHM="$rhm" OUT=hand sh "$examples/12_slurm.sh"; done
that "three parts by hand are the whole" same hand

if command -v parallel >/dev/null 2>&1; then
    that "GNU parallel" sh "$examples/11_parallel.sh" "$rhm" by_parallel
    that "its summary is that of one sweep" sh -c 'sh "$0" "$1" by_parallel 2>/dev/null | cmp - alone.txt' "$examples/11_parallel.sh" "$rhm"
    that "its parts are the whole" same by_parallel
else skip "GNU parallel"; skip "its summary is that of one sweep"; skip "its parts are the whole"; fi

start_slurm() {
    for program in slurmctld slurmd sbatch squeue scancel munged; do command -v $program >/dev/null 2>&1 || [ -x /usr/sbin/$program ] || return 1; done
    [ "$(id -u)" = 0 ] || return 1
    PATH=$PATH:/usr/sbin
    slurm=$work/slurm; mkdir -p "$slurm/state" "$slurm/spool" || return 1
    head -c 1024 /dev/urandom >"$slurm/munge.key"; chmod 700 "$slurm"; chmod 400 "$slurm/munge.key"
    munged --force --key-file="$slurm/munge.key" --socket="$slurm/munge.sock" --pid-file="$slurm/munged.pid" --log-file="$slurm/munged.log" --seed-file="$slurm/seed" || return 1
    host=$(hostname -s)
    cat >"$slurm/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.sock
CredType=cred/munge
SlurmUser=root
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=1
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
    export SLURM_CONF="$slurm/slurm.conf"
    slurmctld -c -L "$slurm/slurmctld.log" && slurmd -c -L "$slurm/slurmd.log" || return 1
    for i in 1 2 3 4 5 6 7 8 9 10; do sinfo -h -o %t 2>/dev/null | grep -q idle && return 0; sleep 1; done
    return 1
}
stop_slurm() { for daemon in slurmd slurmctld munged; do [ -f "$work/slurm/$daemon.pid" ] && kill "$(cat "$work/slurm/$daemon.pid")" 2>/dev/null; done; sleep 1; rm -rf "$work"; }
wait_for_jobs() { for i in $(seq 60); do [ -z "$(squeue -h 2>/dev/null)" ] && return 0; sleep 0.5; done; return 1; }
submit() { (cd "$examples/.." && RHM="$rhm" OUT="$work/by_slurm" sbatch --parsable --output=/dev/null "$@" examples/12_slurm.sh); }

trap stop_slurm EXIT
results() { [ -f "$1" ] && grep '"kind":"result"' "$1"; }  # with their times, which no second run would repeat
wait_for_result() { for i in $(seq 600); do results "$1" >/dev/null && return 0; sleep 0.05; done; return 1; }
if start_slurm; then
    RHM_SWEEP="$RHM_SWEEP --steps 15000"  # long enough to be killed between two runs
    rm alone.jsonl; "$rhm" sweep -q $RHM_SWEEP -o alone.jsonl >/dev/null
    job=$(submit) || job=none
    that "a task of the array job finishes a run" wait_for_result by_slurm/part1.jsonl
    scancel --full --signal=KILL "${job}_1"
    that "the array job ends, with a task that was killed" wait_for_jobs
    results by_slurm/part1.jsonl >finished
    that "the killed task had finished some of its six runs: $(wc -l <finished)" sh -c '[ "$(wc -l <finished)" -ge 1 ] && [ "$(wc -l <finished)" -lt 6 ]'
    results by_slurm/part2.jsonl >>finished
    submit >/dev/null
    that "the array job, submitted again, ends" wait_for_jobs
    that "no finished run is lost or repeated" sh -c 'cat by_slurm/part*.jsonl | grep -cxFf finished | grep -qx "$(wc -l <finished)"'
    that "every run is there once" sh -c '[ "$(cat by_slurm/part*.jsonl | grep -c "\"kind\":\"result\"")" -eq 24 ]'
    that "its parts are the whole" same by_slurm
else
    for part in "a task finishes a run" "the job ends" "the killed task" "the job, submitted again, ends" "nothing lost or repeated" "every run once" "its parts are the whole"; do skip "Slurm: $part"; done
fi
finish
