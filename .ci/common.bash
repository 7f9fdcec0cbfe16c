# Sourced by the scripts beside it: the repository's root as working directory, and small helpers.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

onnxruntime_version=1.32.0
# The library as `make setup` unpacks it.
onnxruntime_library=$root/.setup/onnxruntime/libonnxruntime.so.$onnxruntime_version
# The virtual environment as `make setup` makes it.
python=$root/.setup/venv/bin/python

# ONNX Runtime's own events about its user, which Python's tests and scripts would cause.
export ORT_DISABLE_TELEMETRY=1

# Prints a heading.
section() {
    printf '\n== %s\n' "$*"
}

# Ends the script with one line that says what to do.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Puts the ONNX Runtime library beside the binaries in the directory $1, where the daemon looks.
link_onnxruntime() {
    local name
    for name in libonnxruntime.so "libonnxruntime.so.$onnxruntime_version"; do
        if [ "$(readlink "$1/$name" 2>/dev/null)" != "$onnxruntime_library" ]; then
            ln -sfn "$onnxruntime_library" "$1/$name"
        fi
    done
}
