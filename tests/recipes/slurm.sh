#!/bin/bash
# slurm.sh COMMAND…: runs the command with a Slurm of its own, one node that is this machine, and ends it again. Needs slurmctld,
# slurmd and sbatch, and root; without munge: auth/none.
set -uo pipefail
dir=$(mktemp -d)
host=$(hostname -s)
mkdir "$dir/state" "$dir/spool"
cat >"$dir/slurm.conf" <<TEXT
ClusterName=goro
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/linear
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
TEXT
export SLURM_CONF=$dir/slurm.conf
slurmctld -D -i -f "$SLURM_CONF" >"$dir/ctld.out" 2>&1 &
ctld=$!
slurmd -D -N "$host" -f "$SLURM_CONF" >"$dir/d.out" 2>&1 &
d=$!
finish() {
    kill "$d" "$ctld" 2>/dev/null
    wait
    rm -rf "$dir"
}
trap finish EXIT
for _ in $(seq 100); do
    sinfo -h -o %T >"$dir/state.txt" 2>/dev/null && grep -q idle "$dir/state.txt" && break
    sleep 0.2
done
grep -q idle "$dir/state.txt" || { echo 'the node does not come up:'; tail -n 20 "$dir"/*.log "$dir"/*.out; exit 1; }
GORO_TEST_SLURM=1 "$@"
