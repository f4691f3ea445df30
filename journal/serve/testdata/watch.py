"""Watches a live page in real Chromium: watch.py URL SHOTS CHROMIUM. Says "grown" when a curve has grown under its eyes, waits for the
run to end, and reports, as one line of JSON, what was wrong."""
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

LENGTH = """() => { const p = document.querySelector(".run .curve path[fill=none]"); return p ? p.getAttribute("d").length : 0 }"""


def wait(page, condition, seconds=180):
    """Waits for a condition; page.wait_for_function would need eval, which the page's policy forbids. The machine may be busy."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise TimeoutError(condition)
        page.wait_for_timeout(100)


def main(url, shots, chromium):
    shots = Path(shots)
    shots.mkdir(parents=True, exist_ok=True)
    said, asked = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(180_000)  # the machine may be busy
        page.on("console", lambda m: m.type in ("error", "warning") and said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: r.url.startswith(url.split("?")[0]) or r.url.startswith("data:") or asked.append(r.url))
        page.goto(url)
        wait(page, "document.getElementById('live').textContent === 'live'")
        page.locator(".run summary", has_text="Config").first.click()
        for _ in range(2):
            before = page.evaluate(LENGTH)
            wait(page, f"({LENGTH})() > {before}")
        page.screenshot(path=shots / "live.png")
        report = {"open": page.locator(".run details[open] summary", has_text="Config").count() == 1}
        print("grown", flush=True)
        wait(page, "document.querySelector('.run').classList.contains('finished')")
        wait(page, "document.querySelector('.runs .status').textContent === 'finished'")
        wait(page, "document.querySelector('.run figure img')?.naturalWidth > 0")
        wait(page, "document.querySelector('.entry h2')?.textContent === 'It trains'")
        page.screenshot(path=shots / "ended.png")
        found = importlib.util.find_spec("axe_playwright_python")
        if found:
            axe = (Path(found.origin).parent / "axe.min.js").read_text()
            report["axe"] = page.evaluate(axe + """; (async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
                .map(v => v.id + ": " + v.help + " at " + v.nodes.slice(0, 3).map(n => n.target).join(" | ")))()""")
        report.update(said=said, asked=asked)
        browser.close()
    print(json.dumps(report))


main(*sys.argv[1:])
