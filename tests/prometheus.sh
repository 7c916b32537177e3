#!/usr/bin/env bash
# Utilization from a real Prometheus server that scrapes itself and a node exporter: tests/prometheus.sh HEADROOM
# Needs Debian's packages prometheus and prometheus-node-exporter. Listens on 127.0.0.1 only.
set -euo pipefail
headroom=$(realpath "$1")
folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
node=$(port) server=$(port)
prometheus-node-exporter --web.listen-address="127.0.0.1:$node" >"$folder/node.log" 2>&1 &
pids+=($!)
cat >"$folder/prometheus.yml" <<YAML
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:$server"] }] }
  - { job_name: node, static_configs: [{ targets: ["127.0.0.1:$node"] }] }
YAML
start_server() {
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/tsdb" \
    --web.listen-address="127.0.0.1:$server" >"$folder/prometheus.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 60); do
    if curl -sf "http://127.0.0.1:$server/-/ready" >/dev/null; then return; fi
    sleep 0.5
  done
  cat "$folder/prometheus.log"; exit 1
}
start_server
cat >"$folder/queries.toml" <<TOML
[resources]
"127.0.0.1:$node" = "SRV-0001"
[[query]]
metric = "cpu_percent"
query = '100 - 100 * avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5s]))'
[[query]]
metric = "memory_percent"
query = '100 - 100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes'
[[query]]
metric = "network_in_bytes_per_second"
query = 'sum by (instance) (rate(node_network_receive_bytes_total[5s]))'
[[query]]
metric = "connections"
query = 'prometheus_tsdb_head_series'
TOML
"$headroom" --data "$folder/data" init >/dev/null
sleep 12
end=$(date -u +%Y-%m-%dT%H:%M:%SZ)
start=$(date -u -d '-10 seconds' +%Y-%m-%dT%H:%M:%SZ)
run() { "$headroom" --data "$folder/data" import-prometheus "http://127.0.0.1:$server" --query-file "$folder/queries.toml" "$@" --json; }
run --start "$start" --end "$end" --step 1s >"$folder/first.json"
# A server that is not there changes nothing, and what was read stays.
kill "${pids[1]}"; wait "${pids[1]}" 2>/dev/null || true
if run --start "$start" --end "$end" --step 1s >"$folder/gone.json" 2>"$folder/gone.txt"; then echo "a server that is gone was read"; exit 1; fi
start_server
run --start "$start" --end "$end" --step 1s >"$folder/again.json"
"$headroom" --data "$folder/data" imports list --json >"$folder/batches.json"
python3 - "$folder" <<'PY'
import json, sys
folder = sys.argv[1]
read = lambda name: json.load(open(f"{folder}/{name}"))
first, again, batches = read("first.json"), read("again.json"), read("batches.json")
# 10 times of two instances: the node exporter as SRV-0001, Prometheus itself under its address.
assert first["resources"] == 2 and 12 <= first["samples"] <= 20, first
assert len(first["batches"]) == 1 and first["batches"][0] == batches[0]["batch"]["id"], (first, batches)
# The server has the same samples still, so the same bytes were read, and nothing was added.
assert again["samples"] == first["samples"] and len(batches) == 1, (again, batches)
assert "cpu_percent" in open(f"{folder}/gone.txt").read()
print(f"read {first['samples']} samples of {first['resources']} resources from a real Prometheus server")
PY
"$headroom" --data "$folder/data" check >/dev/null
