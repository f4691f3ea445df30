"""Drives JupyterLab in real Chromium as a reader would. Run it with venv-test's Python; make test does.

Looks at the committed notebooks as somebody who does not trust them yet, in light and in dark. Then, in a copy of one:
runs all, reruns one cell, stops a running cell, watches a progress bar move, reloads the page during a run, asks for
completion and contextual help on a name, exports to HTML; and, in small ones, runs all with a cell that fails, and closes
the tab. Each step takes a screenshot. The notebooks are copies in a folder of the test's own.
"""
import argparse
import html
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

import story as plot
from reader import Reader, check
from steps.debian import chromium_bin
from steps.lab import Lab
from steps.places import PROJECT


def committed(reader, story, lab, root):
    """Every figure of the notebooks as committed is seen, before anybody has trusted them, and its axes stand out, in light and in dark."""
    for theme in "Dark", "Light":  # which is then left
        reader.open_lab(lab.url())
        reader.menu("Settings", "Theme", f"JupyterLab {theme}")
        reader.page.locator(f"body[data-jp-theme-light='{str(theme == 'Light').lower()}']").wait_for(state="attached")
        for notebook in sorted((PROJECT / "notebooks").glob("*.ipynb")):
            shutil.copyfile(notebook, root / notebook.name)
            reader.page.goto(lab.url(notebook.name))
            reader.page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
            figures = plot.figures(notebook)
            reader.seen(len(figures), f"{notebook.name} in {theme}")
            reader.legible(figures, f"{notebook.name} in {theme}")
            reader.shot(f"{theme.lower()}-{notebook.stem}")
            lab.end_kernels()
            (root / notebook.name).unlink()


def run_all_with_an_error(reader, story, lab, root):
    """A cell that fails ends Run All: the cells behind it are not run, and none is left waiting."""
    name = "fails.ipynb"
    (root / name).write_text(json.dumps(plot.of_cells("%%\nfmt.Println(\"first\")", "%%\nnonsense()", "%%\nfmt.Println(\"third\")", "%%\nfmt.Println(\"fourth\")")))
    reader.open(lab.url(name))
    reader.menu("Run", "Run All Cells")
    expect(reader.cell("nonsense")).to_contain_text("2:1: undefined: nonsense")
    reader.idle(180)
    for cell, prompt in (("first", "[1]:"), ("nonsense", "[2]:"), ("third", "[ ]:"), ("fourth", "[ ]:")):
        check(reader.prompt(cell) == prompt, f"after the error the cell {cell!r} has the prompt {reader.prompt(cell)!r}, not {prompt!r}")
    reader.run("fourth")
    expect(reader.output("fourth")).to_contain_text("fourth")
    reader.shot("error-ends-run-all")


def closing_the_tab(reader, lab, root):
    """Whoever closes a notebook's tab ends its kernel."""
    name = "closed.ipynb"
    (root / name).write_text(json.dumps(plot.of_cells("%%\nfmt.Println(\"first\")")))
    reader.open(lab.url(name))
    check(len(lab.ask("kernels")) == 1, f"these kernels run: {lab.ask('kernels')}")
    reader.menu("File", "Save Notebook")
    reader.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current:not(.jp-mod-dirty)").wait_for()
    reader.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon").click()
    for _ in range(120):
        if not lab.ask("kernels"):
            return
        reader.page.wait_for_timeout(500)
    raise AssertionError(f"the notebook is closed, and its kernel runs on: {lab.ask('kernels')}")


def run_all(reader, story):
    reader.menu("Run", "Run All Cells")
    reader.idle(story.limit)
    reader.shot("run-all")
    errors = reader.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'], .jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    check(not errors.count(), "run all leaves an error: " + (errors.first.inner_text()[:800] if errors.count() else ""))
    for cell, said in story.says.items():
        expect(reader.cell(cell)).to_contain_text(said)
    for cell in story.shows:
        picture = reader.cell(cell).locator(".jp-OutputArea-output :is(img, svg)").first
        picture.scroll_into_view_if_needed()
        check((picture.bounding_box() or {"width": 0})["width"] > 50, f"the cell {cell!r} shows no picture")
    reader.cell(story.long).scroll_into_view_if_needed()
    reader.shot("trained")


def rerun(reader, story):
    """One cell again, alone: its count goes up and its output is there."""
    before = reader.prompt(story.rerun)
    reader.run(story.rerun)
    reader.idle(story.limit)
    after = reader.prompt(story.rerun)
    check(number(after) > number(before), f"rerun left the cell's count at {after}, it was {before}")
    check(reader.output(story.rerun).count() > 0, "the cell that was rerun shows nothing")
    reader.shot("rerun-one-cell")


def progress_and_stop(reader, story):
    """A long cell moves its progress bar; the stop button ends it and the kernel serves on."""
    reader.run(story.long)
    first = moving(reader, story, lambda text: text != "", "no progress bar appears")
    second = moving(reader, story, lambda text: text not in ("", first), f"the progress bar stands at {first!r}")
    reader.shot("progress-bar-moves")
    check(reader.prompt(story.long) == "[*]:", f"the cell was not running when it was stopped: {reader.prompt(story.long)}")
    start = time.monotonic()
    reader.page.locator("[data-command='notebook:interrupt-kernel'], [data-jp-item-name='interrupt'] button, jp-button[title*='Interrupt']").first.click()
    reader.idle(20)
    took = time.monotonic() - start
    expect(reader.cell(story.long)).to_contain_text(story.stopped)
    reader.shot("stopped")
    print(f"  progress went from {first!r} to {second!r}; stopped within {took:.1f} s of the button")
    reader.run(story.score)  # of the run that was finished before
    reader.idle(story.limit)
    expect(reader.cell(story.score)).to_contain_text(re.compile(story.scored))
    rerun(reader, story)
    reader.run(story.table)
    reader.idle(story.limit)
    expect(reader.cell(story.table)).to_contain_text(story.interrupted)
    reader.shot("journal-says-interrupted")


def reload(reader, story, lab, root):
    """The page is loaded anew while a cell runs: the cell goes on, and can be stopped; what it says meanwhile is lost to the page."""
    reader.run(story.long)
    moving(reader, story, lambda text: text != "", "no progress bar appears")
    reader.menu("File", "Save Notebook")
    reader.page.reload()
    reader.page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
    reader.page.wait_for_function("() => [...document.querySelectorAll('#jp-main-statusbar *')].some(e => e.textContent.endsWith('| Busy'))")
    reader.shot("reloaded")
    reader.page.locator("[data-command='notebook:interrupt-kernel'], [data-jp-item-name='interrupt'] button, jp-button[title*='Interrupt']").first.click()
    reader.idle(30)
    reader.run(story.table)
    reader.idle(story.limit)
    expect(reader.cell(story.table)).to_contain_text(story.interrupted)


def moving(reader, story, accept, otherwise, seconds=120):
    """Waits for the progress text of the long cell to satisfy accept, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        texts = [re.search(story.progress, t) for t in reader.output(story.long).all_inner_texts()]
        found = next((t.group() for t in texts if t), "")
        if accept(found):
            return found
        reader.page.wait_for_timeout(200)
    reader.shot("no-progress")
    raise AssertionError(otherwise)


def completion(reader, story):
    """Tab after `package.` lists the package's names, from gopls."""
    reader.select(story.rerun)
    reader.type_in_new_cell(story.complete)
    for _ in range(8):  # gopls may still be reading the module
        reader.page.keyboard.press("Tab")
        try:
            reader.page.locator(".jp-Completer .jp-Completer-item", has_text=story.completes).first.wait_for(timeout=25_000)
            break
        except Exception:
            reader.page.keyboard.press("Escape")
            reader.page.keyboard.press("Enter")
    expect(reader.page.locator(".jp-Completer .jp-Completer-item", has_text=story.completes).first).to_be_visible()
    reader.shot("completion")
    reader.page.keyboard.press("Escape")


def contextual_help(reader, story):
    """Help ▸ Show Contextual Help follows the cursor with gopls' documentation."""
    reader.menu("Help", "Show Contextual Help")
    inspector = reader.page.locator(".jp-Inspector")
    inspector.wait_for()
    for _ in range(40):  # gopls may still be reading the module; help follows the cursor's moves, and the page may still be making room for the panel
        reader.click_on(*story.help)
        for _ in range(10):
            if re.search(story.helps, inspector.inner_text()):
                break
            reader.page.wait_for_timeout(500)
        else:
            reader.select(story.rerun)
            continue
        break
    reader.shot("contextual-help")
    check(re.search(story.helps, inspector.inner_text()), f"contextual help says {inspector.inner_text()[:300]!r}, not {story.helps!r}")


def export(reader, story, folder):
    """File ▸ Save and Export Notebook As ▸ HTML gives a page with the outputs in it."""
    reader.menu("File", "Save Notebook")
    reader.page.wait_for_timeout(1000)
    downloads = []
    reader.page.context.on("page", lambda tab: tab.on("download", lambda d: downloads.append(d)))
    reader.page.on("download", lambda d: downloads.append(d))
    reader.menu("File", "Save and Export Notebook As", "HTML")
    reader.shot("export")
    reader.page.locator(".jp-Dialog button", has_text="Ok").click()
    for _ in range(120):
        if downloads:
            break
        reader.page.wait_for_timeout(500)
    check(downloads, "no HTML file was offered within a minute")
    page = folder / downloads[0].suggested_filename
    downloads[0].save_as(page)
    text = page.read_text()
    for said in story.says.values():
        check(html.escape(said) in text, f"the exported page lacks {said!r}")
    print(f"  exported {page.name}, {len(text) >> 10} KiB")


def number(prompt):
    return int(re.sub(r"\D", "", prompt) or 0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--shots", type=Path, required=True, help="folder for screenshots")
    options.add_argument("--headed", action="store_true")
    options.add_argument("--only", action="append", help="a step to do, in place of all")
    args = options.parse_args()
    args.shots.mkdir(parents=True, exist_ok=True)
    story, notebook = plot.STORY, plot.notebook()
    root = Path(tempfile.mkdtemp(prefix="flowbook-lab-"))
    failed = None
    with Lab(root, root / "state") as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_bin(), headless=not args.headed,
                                             args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_page(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
        page.set_default_timeout(180_000)  # a busy machine is slow, not broken
        expect.set_options(timeout=30_000)
        errors = []
        # JupyterLab itself throws this one for every kernel that has no debugger.
        page.on("pageerror", lambda error: "debugger session" in str(error) or errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and errors.append(f"{said.text} ({said.location.get('url', '')})"))
        reader = Reader(page, args.shots)
        steps = {
            "committed notebooks": lambda: committed(reader, story, lab, root),
            "open": lambda: reader.open(lab.url(plot.NOTEBOOK.name)),
            "run all": lambda: run_all(reader, story),
            "rerun one cell": lambda: rerun(reader, story),
            "progress bar and stop": lambda: progress_and_stop(reader, story),
            "reload during a run": lambda: reload(reader, story, lab, root),
            "completion": lambda: completion(reader, story),
            "contextual help": lambda: contextual_help(reader, story),
            "export to HTML": lambda: export(reader, story, root),
            "run all with an error": lambda: run_all_with_an_error(reader, story, lab, root),
            "closing the tab": lambda: lab.end_kernels() or closing_the_tab(reader, lab, root),
        }
        only = [name for name in steps if not args.only or name in args.only]
        try:
            for name in only:
                start = time.monotonic()
                if name == "open":
                    (root / plot.NOTEBOOK.name).write_text(json.dumps(notebook))
                steps[name]()
                print(f"ok   {name} {time.monotonic() - start:.1f} s", flush=True)
        except Exception as error:
            reader.shot("failed")
            failed = f"FAIL {name}: {error}"
        browser.close()
    failed = failed or (f"FAIL: {len(errors)} errors of the page" if errors else None)
    shutil.rmtree(root, ignore_errors=True)
    for error in errors:
        print("page error:", error)
    if failed:
        sys.exit(failed + f"\nscreenshots are in {args.shots}")


if __name__ == "__main__":
    main()
