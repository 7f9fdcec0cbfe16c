#!/usr/bin/env bash
# Starts the daemon with the demo bundle on a Unix socket in a temporary directory, forecasts the last
# day of a November week in New York beside what really came, and stops the daemon.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

binaries=${INFERD_BINARIES:-.build/release}
start_seconds=10
scratch=$(mktemp -d "${TMPDIR:-/tmp}/inferd-demo.XXXXXX")
daemon=

finish() {
    local status=$?
    if [ -n "$daemon" ]; then
        kill -TERM "$daemon" 2>/dev/null || true
        wait "$daemon" || {
            echo "demo: the daemon ended with status $?; its log:" >&2
            cat "$scratch/log" >&2
            [ "$status" != 0 ] || status=1
        }
    fi
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for binary in inferd inferd-cli; do
    [ -x "$binaries/$binary" ] || {
        echo "demo: no $binaries/$binary; run make build" >&2
        exit 1
    }
done

# The daemon's log goes through a pipe as well as into a file, so that waiting for the ready line costs
# no polling.
mkfifo "$scratch/ready"
"$binaries/inferd" --models deploy/demo/models --listen "unix:$scratch/inferd.sock" \
    2> >(tee "$scratch/log" >"$scratch/ready") &
daemon=$!
# Opened to read and write: an open does not wait for the other side then.
exec 3<>"$scratch/ready"
deadline=$((SECONDS + start_seconds))
ready=
while [ -z "$ready" ]; do
    if ! IFS= read -r -t 1 -u 3 line; then
        if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$daemon" 2>/dev/null; then
            echo "demo: the daemon did not become ready; its log:" >&2
            cat "$scratch/log" >&2
            exit 1
        fi
        continue
    fi
    case $line in *'"ready"'*) ready=$line ;; esac
done
echo "$ready"

"$binaries/inferd-cli" --address "unix:$scratch/inferd.sock" predict --model jfk-temperature \
    --csv deploy/demo/history.csv --time-column time --value-column temp --horizon 24 \
    --actuals deploy/demo/actuals.csv --plot --receipt
