"""Tests of the notebooks: the copy that a reader works in, and the committed ones."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from sandbox import SETUP, with_steps
from steps import outputs


class WorkingCopy(unittest.TestCase):
    """The copy of the notebooks that a reader works in."""

    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="flowbook copy-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", self.home])
        self.project = self.home / "project"
        (self.project / "notebooks" / "pictures").mkdir(parents=True)
        self.write("a", "1")

    def write(self, name, source, executed=None):
        """Writes a notebook of one cell, whose output was made with a source."""
        cell = {"cell_type": "code", "source": [source], "metadata": {}, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}]}
        notebook = {"cells": [cell]}
        if executed:
            outputs.record({"cells": [{**cell, "source": [executed]}]})  # into the same metadata
        (self.project / "notebooks" / f"{name}.ipynb").write_text(json.dumps(notebook))

    def update(self):
        out = with_steps(f"""
from pathlib import Path
from steps import workcopy
workcopy.PROJECT, trusted = Path({str(self.project)!r}), []
workcopy.trust = trusted.extend
workcopy.update()
print("trusted", *[p.name for p in trusted])
""", self.home)
        self.assertEqual(out.returncode, 0, out.stderr)
        return out.stdout

    def copy(self, name):
        return self.home / "notebooks" / f"{name}.ipynb"

    def test_follows_the_checkout_and_keeps_what_the_reader_wrote(self):
        self.assertIn("trusted a.ipynb", self.update())
        self.assertIn("ready", self.update())
        self.write("a", "2")
        self.write("b", "1")
        self.assertIn("2 new", self.update())
        self.assertIn('"2"', self.copy("a").read_text())
        self.copy("a").write_text("mine")
        said = self.update()
        self.assertNotIn("yours is kept", said)  # the checkout has nothing new
        self.write("a", "3")
        self.assertIn("a.ipynb: yours is kept", self.update())
        self.assertEqual(self.copy("a").read_text(), "mine")
        self.copy("a").unlink()
        self.update()
        self.assertIn('"3"', self.copy("a").read_text())

    def test_an_output_that_is_older_than_its_cell_says_so(self):
        self.write("a", "fmt.Println(1)", executed="fmt.Println(1)")
        self.update()
        self.assertNotIn("stale", self.copy("a").read_text())
        self.write("a", "fmt.Println(2)", executed="fmt.Println(1)")
        self.assertIn("trusted a.ipynb", self.update())
        said, made = json.loads(self.copy("a").read_text())["cells"][0]["outputs"]
        self.assertIn("stale: this output is of the cell as it was before", said["data"]["text/plain"][0])
        self.assertEqual(made["text"], ["1"])
        self.assertIn("ready", self.update())


class Committed(unittest.TestCase):
    def test_others_take_the_cells_for_go(self):
        for path in SETUP.parents[1].glob("notebooks/*.ipynb"):
            language = json.loads(path.read_text())["metadata"]["language_info"]
            self.assertEqual((language["name"], language["pygments_lexer"], language["file_extension"]), ("go", "go", ".go"), path.name)


if __name__ == "__main__":
    unittest.main()
