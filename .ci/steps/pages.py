"""Writes an executed notebook as one HTML page that needs no network: maths as MathML, no script from elsewhere."""
import html
from pathlib import Path

import latex2mathml.converter
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# What nbconvert's page lacks: a dark side, diffs in Markdown as code, and room on a phone.
STYLE = (Path(__file__).parent / "pages.css").read_text()

# nbconvert's page less what it would load: MathJax, RequireJS, Mermaid.
TEMPLATE = """{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block html_head_js_mathjax -%}{%- endblock html_head_js_mathjax -%}
{%- block html_head_js_mermaidjs -%}<style>""" + STYLE + """</style>{%- endblock html_head_js_mermaidjs -%}
"""


class Maths(IPythonRenderer):
    """Renders Markdown with TeX maths turned into MathML."""

    def block_math(self, body):
        return mathml(body, "block")

    def latex_environment(self, name, body):
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def inline_math(self, body):
        return mathml(body, "inline")


def mathml(tex, display):
    """TeX as MathML; what the converter does not know stays readable as TeX."""
    try:
        return latex2mathml.converter.convert(tex.strip(), display=display)
    except Exception:
        return f"<code>{html.escape(tex)}</code>"


def write(nb, path, folder):
    """Writes FOLDER/NAME.html and prints its size."""
    exporter = HTMLExporter(template_name="lab", raw_template=TEMPLATE, embed_images=True)
    renderer = Maths(escape=False, embed_images=True, path=str(path.parent))
    exporter.register_filter("markdown2html", lambda source: MarkdownWithMath(renderer=renderer).render(source))
    nb.metadata.setdefault("language_info", {})["pygments_lexer"] = "go"  # GoNB names none
    page, _ = exporter.from_notebook_node(nb, {"metadata": {"name": path.stem, "path": str(path.parent)}})
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{path.stem}.html"
    out.write_text(page)
    print(f"  wrote {out} ({len(page) / 1e6:.1f} MB)")
