#!/bin/bash
# A machine of its own, as far as a process can see: run by machines.py in new namespaces (network, processes, mounts,
# host name, IPC). Arguments: address with prefix, name, folder for /tmp, size of /dev/shm, command to run.
set -e
address=$1 name=$2 folder=$3 memory=$4
shift 4
read -r _ # the cable is plugged in
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
ip route add default dev eth0 # Ray asks the system which address leads out
hostname "$name"
IFS=:
for path in $SOFTWARE; do # what is installed below /tmp, as this project may be, stays
  case $path in /tmp/*)
    mkdir -p "$folder/${path#/tmp/}"
    mount --bind "$path" "$folder/${path#/tmp/}" ;;
  esac
done
unset IFS
mount --rbind "$folder" /tmp
mount -t tmpfs -o "size=$memory" tmpfs /dev/shm
cd /tmp
"$@" &
wait $! # this shell is process 1 here, which also buries orphans
