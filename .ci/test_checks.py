"""What make test is made of: processor seconds, and a fuzz target that fails."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

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
