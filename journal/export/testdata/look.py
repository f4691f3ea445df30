"""Opens a page in real Chromium as a reader would and reports, as one line of JSON, what is wrong with it.

look.py PAGE --shots FOLDER [--chromium PATH]. The accessibility check needs the package axe-playwright-python.
"""
import argparse
import importlib.util
import json
import os
from pathlib import Path

from playwright.sync_api import sync_playwright


def look(browser, url, shots, axe, scheme, script):
    said, asked = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=scheme, java_script_enabled=script)
    page = context.new_page()
    page.set_default_timeout(180_000)  # the machine may be busy
    page.on("console", lambda m: m.type in ("error", "warning") and said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.on("dialog", lambda d: (said.append("dialog: " + d.message), d.dismiss()))
    page.on("request", lambda r: not r.url.startswith("data:") and r.url != url and asked.append(r.url))
    page.goto(url)
    page.wait_for_timeout(300)
    name = scheme + ("" if script else "-no-script")
    if script:  # without, what is out of sight is not on the picture
        page.add_style_tag(content=".run { content-visibility: visible !important }")
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    report = {"scheme": name, "said": said, "asked": asked}
    if script:
        report.update(measure(page))
        if axe:
            # The page's policy forbids scripts from elsewhere; the debugger may evaluate all the same.
            report["axe"] = page.evaluate(axe + """; (async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
                .map(v => v.id + ": " + v.help + " at " + v.nodes.slice(0, 3).map(n => n.target + " " + (n.any[0]?.message ?? "")).join(" | ")))()""")
        if scheme == "light":
            use(page, shots, report)
    context.close()
    return report


def measure(page):
    """What a reader sees of curves and figures."""
    return page.evaluate("""() => {
        const seen = (e, size = 20) => { const b = e.getBoundingClientRect(); return b.width > size && b.height > size };
        return {
            curves: [...document.querySelectorAll(".curve svg path")].filter(p => p.getTotalLength && p.getAttribute("fill") === "none" && p.getTotalLength() > 100 && seen(p)).length,
            maths: [...document.querySelectorAll("math")].filter(e => seen(e, 8)).length,
            pictures: [...document.querySelectorAll("figure img")].filter(i => seen(i) && i.complete && i.naturalWidth > 0).length,
            broken: [...document.images].filter(i => i.loading !== "lazy" && (!i.complete || i.naturalWidth === 0)).map(i => i.alt),
            wide: document.documentElement.scrollWidth - innerWidth,
        };
    }""")


def use(page, shots, report):
    """Sorts the table of runs, enlarges a curve, and prints."""
    if page.locator(".runs").count():
        names = lambda: page.locator(".runs tbody th").all_inner_texts()
        page.locator(".runs .sort", has_text="run").first.click()
        up = names()
        page.locator(".runs .sort", has_text="run").first.click()
        report["sorted"] = up == sorted(up, key=str.lower) and names() == up[::-1] and len(up) > 1
    explore(page, shots, report)
    page.locator(".curve .zoom").first.click()
    page.locator("dialog.large").wait_for()
    report["enlarged"] = page.locator("dialog.large svg").bounding_box()["width"]
    page.screenshot(path=shots / "enlarged.png")
    page.keyboard.press("Escape")
    page.locator("dialog.large").wait_for(state="detached")  # by the close event, which comes after the key
    page.set_viewport_size({"width": 390, "height": 800})
    page.screenshot(path=shots / "phone.png", full_page=True)
    report["phone_wide"] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size({"width": 690, "height": 1000})  # of an A4 page
    page.emulate_media(media="print")
    report["print_wide"] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.pdf(path=shots / "print.pdf", prefer_css_page_size=True)


def explore(page, shots, report):
    """Looks into a curve of two lines: the values under the pointer, the other axis, smoothing, one line off and on."""
    figure = page.locator(".curve:has(g.key):has(.tools input)").first
    figure.scroll_into_view_if_needed()
    lines = lambda: figure.locator("path[data-p]").evaluate_all("all => all.map(p => p.getAttribute('d'))")
    first = lines()
    box = figure.locator("svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    hover = figure.locator(".hover text").text_content()
    figure.locator(".tools input").evaluate("e => { e.value = .9; e.dispatchEvent(new Event('input')) }")
    smooth = figure.locator("path[stroke]:not([data-p])").evaluate_all("all => all.filter(p => p.getAttribute('fill') === 'none' && p.getTotalLength() > 100).length")
    figure.locator(".tools button").click()
    other = lines()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    figure.screenshot(path=shots / "explored.png")
    figure.locator(".tools button").click()
    figure.locator(".tools input").evaluate("e => { e.value = 0; e.dispatchEvent(new Event('input')) }")
    back = lines()
    figure.locator("g.key").nth(1).click()
    off = lines()
    figure.locator("g.key").nth(1).press("Enter")
    report["explored"] = {"hover": hover, "smooth": smooth, "axis": other != first and back == first, "off": off[1] == "" and off[0] != "", "on": lines() == first}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("page", type=Path)
    options.add_argument("--shots", type=Path, required=True)
    options.add_argument("--chromium")
    args = options.parse_args()
    args.shots.mkdir(parents=True, exist_ok=True)
    found = importlib.util.find_spec("axe_playwright_python")
    axe = (Path(found.origin).parent / "axe.min.js").read_text() if found else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        reports = [look(browser, args.page.absolute().as_uri(), args.shots, axe, scheme, script)
                   for scheme, script in (("light", True), ("dark", True), ("light", False))]
        browser.close()
    print(json.dumps(reports))


if __name__ == "__main__":
    main()
