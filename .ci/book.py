"""Executes every notebook and writes the book: each notebook as HTML, the journal, and a page that lists them. `make book` calls it."""
import argparse
import html
import json
import subprocess
import sys

from steps.places import HOME, PROJECT

PAGES = HOME / "html"


def journal():
    """Writes the journal's own export; returns the exit code."""
    return subprocess.run(["go", "run", "./journal/cmd/journal", "export", "--out", PAGES / "journal.html"], cwd=PROJECT).returncode


def title(notebook):
    """The first heading of a notebook."""
    for cell in json.loads(notebook.read_text())["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line[2:].strip()
    return notebook.stem


def contents(notebooks):
    """Writes index.html."""
    items = [(f"{n.stem}.html", title(n)) for n in notebooks if (PAGES / f"{n.stem}.html").exists()]
    if (PAGES / "journal.html").exists():
        items.append(("journal.html", "The journal"))
    links = "\n".join(f'<li><a href="{html.escape(page)}">{html.escape(name)}</a></li>' for page, name in items)
    (PAGES / "index.html").write_text(f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>flowbook</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}</style>
<h1>flowbook</h1>
<ul>
{links}
</ul>
</html>
""")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--profile", default="quick")
    options.add_argument("--in-place", action="store_true")
    args = options.parse_args()
    PAGES.mkdir(parents=True, exist_ok=True)
    notebooks = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    failed = 0
    if notebooks:
        failed = subprocess.run([HOME / "venv/bin/python", ".ci/notebooks.py", "--profile", args.profile, "--html", PAGES,
                                 *(["--in-place"] if args.in_place else []), *notebooks], cwd=PROJECT).returncode
    failed += journal()
    contents(notebooks)
    print(f"The book: {PAGES / 'index.html'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
