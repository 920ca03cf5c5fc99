# Runs one agent and makes sure that nothing of it outlives the sandbox. Standard input is a pipe held by the sandbox:
# its end closes when the sandbox stops, crashes or is killed. The process group of this shell belongs to the agent.
#
# $1 file for the agent's exit status · $2 engine program, or empty for a plain process · $3 container name · $4... command
status_file=$1 engine=$2 name=$3
shift 3
exec 3<&0 </dev/null

"$@" 3<&- &
agent=$!

(
    finish() {
        if [ -n "$engine" ]; then "$engine" "$@" "$name"; else kill -"$signal" "$agent"; fi
    }
    while read -r word <&3; do
        case $word in
        stop) signal=TERM finish stop -t 5 ;;
        kill) signal=KILL finish rm -f ;;
        esac
    done
    [ -z "$engine" ] || "$engine" rm -f "$name"
    kill -KILL 0
) >/dev/null 2>&1 &
watch=$!
# Only the agent may write to the pipes: this shell would announce there how its jobs end, and keep them open.
exec 3<&- >/dev/null 2>&1

wait "$agent"
printf '%s\n' "$?" >"$status_file"
kill -KILL "$watch"
wait "$watch"
# What the agent started and left behind goes with it, this shell included.
kill -KILL 0
