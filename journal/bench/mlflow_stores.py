"""Measures MLflow's file and SQLite stores as main.go measures the journal: a logged step, and loading all points of a run.

Argument: a folder whose mlruns holds the run to load, in the file store's layout. Prints JSON.
"""
import json
import logging
import os
import sys
import time

logging.disable(logging.WARNING)
import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402


def log_cost(client):
    """Microseconds of log_metric: mean and 99th of 100."""
    run = client.create_run(client.create_experiment("paced")).info.run_id
    took = []
    for step in range(300):
        start = time.perf_counter()
        client.log_metric(run, "loss", float(step), step=step)
        took.append((time.perf_counter() - start) * 1e6)
        time.sleep(0.001)
    took.sort()
    return sum(took) / len(took), took[len(took) * 99 // 100]


def load(client, run):
    """Seconds to read every metric of a run."""
    start = time.perf_counter()
    points = sum(len(client.get_metric_history(run, name)) for name in client.get_run(run).data.metrics)
    return time.perf_counter() - start, points


def copy_to_sqlite(path, client, run, files):
    """Puts the points of the file layout into the metrics table MLflow made, as log_batch would in a thousand calls."""
    import sqlite3

    target = client.create_run(client.create_experiment("million")).info.run_id
    db = sqlite3.connect(path)
    for name in os.listdir(files):
        rows = [line.split() for line in open(os.path.join(files, name))]
        db.executemany("INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
                       [(name, float(v), int(t), target, int(s)) for t, v, s in rows])
        t, v, s = rows[-1]
        db.execute("INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
                   (name, float(v), int(t), target, int(s)))
    db.commit()
    db.close()
    return target


def main(folder):
    mlruns = os.path.join(folder, "mlruns")
    experiment = next(d for d in os.listdir(mlruns) if d.isdigit())
    run = next(d for d in os.listdir(os.path.join(mlruns, experiment)) if d != "meta.yaml")
    results = []

    client = MlflowClient(tracking_uri="file://" + mlruns)
    mean, worst = log_cost(client)
    seconds, points = load(client, run)
    results.append({"store": f"MLflow {mlflow.__version__}, files", "log": mean, "worst": worst, "load": seconds})

    path = os.path.join(folder, "mlflow.db")
    client = MlflowClient(tracking_uri="sqlite:///" + path)
    mean, worst = log_cost(client)
    copied = copy_to_sqlite(path, client, run, os.path.join(mlruns, experiment, run, "metrics"))
    seconds, again = load(client, copied)
    assert points == again, (points, again)
    results.append({"store": f"MLflow {mlflow.__version__}, SQLite", "log": mean, "worst": worst, "load": seconds})
    print(json.dumps(results))


main(sys.argv[1])
