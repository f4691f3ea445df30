"""What make test is made of: processor seconds, a fuzz target that fails, and what is asked of executed notebooks."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import executed
import stopwatch
import test

TARGET = """package found
import "testing"
func FuzzLong(f *testing.F) {
	f.Add([]byte("a"))
	f.Fuzz(func(t *testing.T, b []byte) { if len(b) > 3 { t.Fatal("too long") } })
}
func FuzzNothing(f *testing.F) { f.Fuzz(func(t *testing.T, b []byte) {}) }
"""


class Stopwatch(unittest.TestCase):
    def test_code_and_seconds(self):
        self.assertEqual(stopwatch.call(["sh", "-c", "exit 3"])[0], 3)
        code, seconds = stopwatch.call([sys.executable, "-c", "sum(range(3_000_000))"])
        self.assertEqual(code, 0)
        self.assertGreater(seconds, 0)

    def test_what_a_test_program_tells(self):
        out = subprocess.run(["bash", "-c", f"set -- {stopwatch.EXEC.removeprefix('-exec=')}; \"$@\" sh -c 'echo mine; exit 4'"], capture_output=True, text=True)
        self.assertEqual((out.returncode, out.stdout), (4, "mine\n"))
        self.assertIsNotNone(stopwatch.told(out.stderr))
        self.assertEqual(stopwatch.told("processor seconds: 1.25 0.5\n"), 1.75)
        self.assertIsNone(stopwatch.told("ok"))


    @unittest.skipUnless(sys.platform == "linux", "there is no /proc")
    def test_processes_under_way_and_ended(self):
        before = stopwatch.tree(os.getpid())
        busy = "import sys; sum(range(20_000_000)); print(flush=True); sys.stdin.read()"
        subprocess.run([sys.executable, "-c", busy], stdin=subprocess.DEVNULL, capture_output=True, check=True)
        ended = stopwatch.tree(os.getpid())
        self.assertGreater(ended, before)
        with subprocess.Popen(["sh", "-c", '"$0" -c "$1"; exit', sys.executable, busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            self.assertGreater(stopwatch.tree(os.getpid()), ended)
            process.stdin.close()


class Executed(unittest.TestCase):
    def test_a_picture_that_is_missing(self):
        picture, text = ({"cell_type": "code", "id": "c", "outputs": [{"data": {kind: "x"}}]} for kind in ("image/png", "text/plain"))
        vector = {**picture, "outputs": [{"output_type": "stream", "text": "x"}, {"data": {"text/plain": "x", "image/svg+xml": "x"}}]}
        for committed, now, want in ((picture, vector, []), (picture, text, ["c"]), (text, text, []), (picture, {**picture, "outputs": []}, ["c"])):
            self.assertEqual(executed.missing({"cells": [committed]}, {"cells": [now]}), want)

    def test_a_training_that_does_not_learn(self):
        fell, rose = {"not_finite": 0, "last": 2.1, "min": 2.0, "max": 8.0}, {"not_finite": 0, "last": 7.0, "min": 2.0, "max": 8.0}
        for train, val, experiment, status, want in (
                (fell, fell, "mnist-quick", "finished", None),
                (rose, fell, "toy-circles-quick", "finished", None),
                (fell, rose, "healthy-digits", "finished", None),
                (rose, rose, "mnist-quick", "finished", "run a of mnist-quick has not learned: train_bpd 7.000 of 2.000 to 8.000, val_bpd 7.000"),
                ({**fell, "not_finite": 1}, rose, "mnist-quick", "finished", "not learned"),
                ({"not_finite": 0, "last": 3.0, "min": 3.0, "max": 3.0}, rose, "mnist-quick", "finished", "not learned"),
                (fell, fell, "mnist-quick", "failed", "is failed"),
                (rose, rose, "bug-unit-forgotten", "failed", None)):
            found = executed.wrong([{"id": "a", "experiment": experiment, "status": status, "metrics": {"grad_norm": fell, "train_bpd": train, "val_bpd": val}}])
            self.assertEqual(len(found), want is not None, found)
            self.assertIn(want or "", "".join(found))
        self.assertIn("no loss", executed.wrong([{"id": "a", "experiment": "mine", "status": "finished", "metrics": {"grad_norm": fell}}])[0])


class Fuzz(unittest.TestCase):
    def test_a_target_that_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "found").mkdir()
            Path(folder, "go.mod").write_text("module flowbook\n\ngo 1.26\n")
            Path(folder, "found", "found_test.go").write_text(TARGET)
            for name, code, said in (("FuzzLong", 1, "too long"), ("FuzzNothing", 0, "PASS")):
                out = subprocess.run(["sh", "-ec", test.FUZZ, "sh", Path(folder, "out"), "flowbook/found", name], cwd=Path(folder, "found"), capture_output=True, text=True)
                self.assertEqual(out.returncode, code, out.stdout + out.stderr)
                self.assertIn(said, out.stdout)
                self.assertNotIn("coverage instrumentation", out.stdout + out.stderr)


if __name__ == "__main__":
    unittest.main()
