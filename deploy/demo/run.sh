#!/usr/bin/env bash
# Starts the daemon with the demo bundle on a Unix socket in a temporary directory, forecasts the last
# day of a November week in New York beside what really came, and stops the daemon.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

binaries=${INFERD_BINARIES:-.build/release}
start_seconds=10
scratch=$(mktemp -d "${TMPDIR:-/tmp}/inferd-demo.XXXXXX")
log=$scratch/log
daemon=

# Prints the daemon's log and ends.
give_up() {
    echo "demo: $1; the daemon's log:" >&2
    cat "$log" >&2
    exit 1
}

finish() {
    local status=$?
    trap - EXIT
    if [ -n "$daemon" ]; then
        kill -TERM "$daemon" 2>/dev/null || true
        if ! wait "$daemon" && [ "$status" = 0 ]; then
            echo "demo: the daemon did not end well; its log:" >&2
            cat "$log" >&2
            status=1
        fi
    fi
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for binary in inferd inferd-cli; do
    if [ ! -x "$binaries/$binary" ]; then
        echo "demo: no $binaries/$binary; run make build" >&2
        exit 1
    fi
done

"$binaries/inferd" --models deploy/demo/models --listen "unix:$scratch/inferd.sock" --events "$scratch/events" \
    2>"$log" &
daemon=$!
deadline=$((SECONDS + start_seconds))
until grep -q '"ready"' "$log"; do
    kill -0 "$daemon" 2>/dev/null || give_up "the daemon ended before it was ready"
    [ "$SECONDS" -lt "$deadline" ] || give_up "the daemon was not ready within $start_seconds s"
    sleep 0.05
done
grep -m 1 '"ready"' "$log"

command=("$binaries/inferd-cli" --address "unix:$scratch/inferd.sock" predict --model jfk-temperature
    --csv deploy/demo/history.csv --horizon 24 --actuals deploy/demo/actuals.csv --plot --receipt)
printf '\n$ %s\n' "${command[*]}"
"${command[@]}"
printf '\nOne day says little; two months of forecasts are scored in deploy/demo/README.md.\n'
