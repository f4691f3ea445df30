"""A person at JupyterLab, for the browser test: what one does with the mouse and the keys, and what one looks for."""
import re


# JavaScript: goes down the notebook by half a screen, and stays at each until JupyterLab has drawn it.
DOWN_THE_NOTEBOOK = """
            async function* downTheNotebook() {
                const box = document.querySelector('.jp-WindowedPanel-outer') || document.querySelector('.jp-Notebook');
                for (let at = 0; at < box.scrollHeight; at += box.clientHeight / 2) {
                    box.scrollTop = at;
                    await new Promise(done => setTimeout(done, 60));
                    yield;
                }
            }"""


class Reader:
    """A person at JupyterLab with one notebook open."""

    def __init__(self, page, shots):
        self.page, self.shots, self.count = page, shots, 0

    def shot(self, name):
        self.count += 1
        self.page.wait_for_timeout(1000)  # a page that has just been scrolled is blank for a moment
        self.page.screenshot(path=self.shots / f"{self.count:02d}-{name}.png")

    def open(self, url):
        self.page.goto(url)
        self.page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
        self.idle(180)

    def open_lab(self, url):
        self.page.goto(url)
        self.page.locator(".lm-MenuBar-item").first.wait_for()

    def idle(self, seconds):
        """Waits until the kernel has nothing left to do: no cell is waiting and the status bar says Idle, for a quarter of a second,
        since it says so for a moment too when a request beside a running cell is answered, as that of the stop button."""
        self.page.evaluate("() => { window.idleSince = undefined; }")
        self.page.wait_for_function("""() => {
            const idle = [...document.querySelectorAll('#jp-main-statusbar *')].some(e => e.textContent.endsWith('| Idle'))
                && ![...document.querySelectorAll('.jp-InputPrompt')].some(e => e.textContent.includes('*'));
            window.idleSince = idle ? window.idleSince ?? Date.now() : undefined;
            return idle && Date.now() - window.idleSince >= 250;
        }""", timeout=seconds * 1000)

    def menu(self, *path):
        """Chooses from JupyterLab's menu bar: menu("Run", "Run All Cells")."""
        self.page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{path[0]}$")).click()
        for label in path[1:]:
            self.page.locator(".lm-Menu-item:visible", has=self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{label}$"))).last.click()

    def seen(self, figures, name):
        """Every figure is drawn: scrolled to, it has a size. JupyterLab draws cells as they come into sight."""
        self.page.wait_for_timeout(500)
        drawn = self.page.evaluate("""async figures => {""" + DOWN_THE_NOTEBOOK + """
            const seen = new Set();
            for (let end = Date.now() + 300000; seen.size < figures && Date.now() < end;)
                for await (const _ of downTheNotebook())
                    for (const e of document.querySelectorAll('.jp-OutputArea-output :is(img, svg)'))
                        if (e.getBoundingClientRect().width > 50 && (e.naturalWidth ?? 1) > 0) seen.add(e);
            for (const e of seen) { e.scrollIntoView(); break }
            return seen.size;
        }""", figures)
        check(drawn == figures, f"{name}: {drawn} of {figures} figures are seen")

    def legible(self, figures, name):
        """The axes of every figure stand out from the page: of what is drawn at its left and lower edge, half has a contrast of 3 or more.
        figures are as story.figures gives them, since pictures do not come into sight in their order; one that is called an image or
        samples has no axes."""
        poor = self.page.evaluate("""async figures => {""" + DOWN_THE_NOTEBOOK + """
            const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
            const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).map(Number); if (c[3] !== 0) return light(c.slice(0, 3)) } return 1 };
            const poor = [], seen = new Set();
            for await (const _ of downTheNotebook())
                for (const e of document.querySelectorAll('.jp-OutputArea-output img')) {
                    if (seen.has(e) || !e.naturalWidth) continue;
                    seen.add(e);
                    const [name] = figures.find(([, part]) => e.src.includes(part)) ?? ['one that is not in the file'];
                    if (/^(image|samples$)/.test(name)) continue;
                    const canvas = document.createElement('canvas'), w = canvas.width = e.naturalWidth, h = canvas.height = e.naturalHeight;
                    const pen = canvas.getContext('2d');
                    pen.drawImage(e, 0, 0);
                    const p = pen.getImageData(0, 0, w, h).data, under = ground(e), found = [], edge = Math.min(w, h) / 16;
                    for (let y = 0; y < h; y += 2) for (let x = 0; x < w; x += 2) {
                        const i = 4 * (y * w + x);
                        if (x > edge && y < h - edge) continue;
                        if (p[i + 3] > 200) found.push(contrast(light([p[i], p[i + 1], p[i + 2]]), under));
                    }
                    found.sort((a, b) => a - b);
                    if (found.length && found[found.length >> 1] < 3) poor.push(`${name}: ${found[found.length >> 1].toFixed(2)}`);
                }
            for (const e of seen) { e.scrollIntoView(); break }
            return { poor, seen: seen.size };
        }""", figures)
        check(poor["seen"] == len(figures), f"{name}: {poor['seen']} of {len(figures)} figures are looked at")
        check(not poor["poor"], f"{name}: of {poor['seen']} figures these have axes that hardly stand out (name: contrast): {', '.join(poor['poor'])}")

    def cell(self, text):
        """The code cell whose source contains the text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".jp-InputArea", has_text=text)).first

    def output(self, text):
        return self.cell(text).locator(".jp-OutputArea-output")

    def prompt(self, text):
        """The cell's execution count, as `[3]:`, `[*]:` or `[ ]:`."""
        return self.cell(text).locator(".jp-InputPrompt").first.inner_text().strip()

    def select(self, text):
        """Puts the cursor into the cell."""
        self.cell(text).scroll_into_view_if_needed()
        self.cell(text).locator(".cm-content").click()

    def click_on(self, text, word):
        """Clicks on a word of the cell's source, as a reader who points at it."""
        content = self.cell(text).locator(".cm-content")
        content.locator(".cm-line", has_text=word).first.evaluate("line => line.scrollIntoView({ block: 'center' })")
        self.page.wait_for_timeout(500)
        x, y = content.evaluate("""(content, word) => {
            const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(word);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + word.length);
                const box = range.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }
            throw new Error(word + " is not in the cell");
        }""", word)
        self.page.mouse.click(x, y)

    def run(self, text):
        self.select(text)
        self.page.keyboard.press("Control+Enter")

    def type_in_new_cell(self, text):
        """Adds a cell below the one that has the cursor and types into it."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(text, delay=20)


def check(condition, otherwise):
    if not condition:
        raise AssertionError(otherwise)
