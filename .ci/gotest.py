"""Runs `go test` on the packages and tells what a reader wants to know of it.

A line a package with its seconds and processor seconds, the output of each test that failed, the tests that were skipped and why,
the slowest ones, and the counts. Returns them as (passed, failed, skipped, processor seconds).
"""
import json
import subprocess
from collections import defaultdict

import stopwatch


def run(arguments, cwd, env, before=()):
    """Runs `go test -json ARGUMENTS`, after the words of `before` (as `nice`), and prints as it goes."""
    process = subprocess.Popen([*before, "go", "test", "-json", stopwatch.EXEC, *arguments], cwd=cwd, env=env, stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, errors="replace")
    output, used, done, failed, skipped, times, broken = defaultdict(list), {}, 0, [], [], [], []
    for line in process.stdout:
        try:
            event = json.loads(line)
        except ValueError:
            print(line, end="")
            continue
        package = event.get("Package") or event.get("ImportPath", "")
        test, action = event.get("Test"), event["Action"]
        where = (package, test)
        if action in ("output", "build-output"):
            output[where if action == "output" else (event["ImportPath"], None)].append(event["Output"])
            if (seconds := stopwatch.told(event["Output"])) is not None:
                used[package] = seconds
        elif action in ("pass", "fail", "skip") and test:
            times.append((event.get("Elapsed", 0), f"{package}.{test}"))
            if action == "pass":
                done += 1
            elif action == "fail":
                failed.append(where)
                print("".join(output[where]), end="")
            else:
                skipped.append((where, reason(output[where])))
            if action != "fail":
                output.pop(where, None)
        elif action in ("pass", "fail") and not test:
            print(f"{'ok  ' if action == 'pass' else 'FAIL'}  {package}  {event.get('Elapsed', 0):.1f} s, processor {used.get(package, 0):.1f} s", flush=True)
            if action == "fail" and not any(p == package for p, _ in failed):
                broken.append(package)  # it did not compile, or died outside of a test
                print("".join(output[(package, None)] or output[(event.get("FailedBuild"), None)]), end="")
    code, processor = stopwatch.wait(process)
    for (package, test), why in skipped:
        print(f"skip  {package}.{test}: {why}")
    print("slowest: " + ", ".join(f"{name.removeprefix('flowbook/')} {t:.0f} s" for t, name in sorted(times, reverse=True)[:8] if t >= 1))
    if code and not failed and not broken:
        broken.append("go test itself")
    return done, len(failed) + len(broken), len(skipped), processor


def reason(lines):
    """What t.Skip said."""
    said = [line.strip() for line in lines if not line.startswith(("=== ", "--- ", "    --- "))]
    return " ".join(said) or "no reason given"
