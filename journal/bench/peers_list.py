"""Measures what list.go measures of the journal in a peer: listing many runs, each with its parameters and the last values of its metrics, as
the peer's own page of runs reads them.

Arguments: mlflow or aim, a folder, how many runs. Prints JSON: seconds.
"""
import json
import os
import subprocess
import sys
import time

METRICS, POINTS = 9, 20


def params(i):
    return {"couplings": i // 5 % 16, "planes": 8 << i // 80 % 4, "rate": 1e-3 / (1 + i // 320 % 7), "seed": i % 5}


def mlflow(folder, n):
    """Runs are put straight into the SQLite tables that MLflow made: its client would take minutes."""
    import sqlite3

    from mlflow import MlflowClient

    path = os.path.join(folder, "list.db")
    client = MlflowClient(tracking_uri="sqlite:///" + path)
    experiment = client.create_experiment("sweep")
    client.create_run(experiment)  # the columns of a run as MLflow fills them
    db = sqlite3.connect(path)
    columns = [c[1] for c in db.execute("PRAGMA table_info(runs)")]
    model = dict(zip(columns, db.execute("SELECT * FROM runs").fetchone()))
    db.execute("DELETE FROM runs")
    db.execute("DELETE FROM tags")
    for i in range(n):
        run = dict(model, run_uuid=f"{i:032x}", name=f"run {i}", status="FINISHED", start_time=i * 60_000, end_time=i * 60_000 + 40_000)
        db.execute(f"INSERT INTO runs ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", [run[c] for c in columns])
        db.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", [(k, str(v), run["run_uuid"]) for k, v in params(i).items()])
        db.executemany("INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
                       [(f"m{m}", i * (m + 1) % n / n, i, run["run_uuid"], POINTS - 1) for m in range(METRICS)])
    db.commit()
    db.close()

    def listed():
        found, token = 0, None
        while token or not found:
            page = client.search_runs([experiment], max_results=50_000, page_token=token)
            found, token = found + sum(len(r.data.metrics) == METRICS for r in page), page.token
        return found
    return listed


def aim(folder, n):
    from aim import Repo, Run

    repo = Repo.from_path(folder, init=True)
    for i in range(n):
        run = Run(repo=repo, experiment="sweep", system_tracking_interval=None, capture_terminal_logs=False, log_system_params=False)
        run["hparams"] = params(i)
        for m in range(METRICS):
            for step in range(POINTS):
                run.track(i * (m + 1) % n / n, name=f"m{m}", step=step)
        run.close()
    # Aim's server does this in the background; until then its runs have no parameters.
    subprocess.run([os.path.join(os.path.dirname(sys.executable), "aim"), "storage", "--repo", folder, "reindex", "--yes"], check=True, capture_output=True)
    repo = Repo.from_path(folder)

    def listed():
        found = 0
        for runs in repo.query_runs("run.experiment == 'sweep'", report_mode=0).iter_runs():
            run = runs.run
            found += len(run["hparams"]) > 0 and len(run.collect_sequence_info(("metric",))["metric"]) == METRICS
        return found
    return listed


def main(peer, folder, n):
    listed = {"mlflow": mlflow, "aim": aim}[peer](folder, n)
    best = None
    for _ in range(3):
        start = time.perf_counter()
        found = listed()
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
        if found != n:
            sys.exit(f"{peer} lists {found} of {n} runs")
    print(json.dumps(best))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
