// Sorting of the table of runs, enlarging of figures, and curves to look into; the page reads without.
"use strict";
function sortable(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      // Names and metrics begin with the smallest, dates with the newest; a second click turns round.
      const now = head.getAttribute("aria-sort"), first = head.textContent === "started" ? -1 : 1;
      const sign = now ? (now === "ascending" ? -1 : 1) : first;
      const key = row => {
        const cell = row.cells[column], text = cell.dataset.sort ?? cell.textContent.trim();
        return text === "" ? null : cell.dataset.sort === undefined ? (isNaN(text) ? text : Number(text)) : Number(text.replace("Inf", "Infinity"));
      };
      const keyed = [...body.rows].map(row => [key(row), row]);
      const last = v => v === null || typeof v === "number" && !Number.isFinite(v); // what went wrong is never first
      keyed.sort(([a], [b]) => last(a) || last(b) ? last(a) - last(b) : sign * (typeof a === "number" && typeof b === "number" ? a - b || 0 : String(a).localeCompare(String(b))));
      [...table.tHead.rows[0].cells].forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      body.append(...keyed.map(([, row]) => row));
    };
  });
}
function zoomable(figure) {
  const caption = figure.querySelector("figcaption"), picture = figure.querySelector("img, svg");
  if (!caption || !picture || caption.querySelector(".zoom")) return;
  const name = caption.querySelector("b").textContent;
  const button = document.createElement("button");
  button.className = "zoom";
  button.textContent = "⤢";
  button.ariaLabel = button.title = "Enlarge " + name;
  button.onclick = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "large";
    dialog.ariaLabel = name;
    const close = document.createElement("button");
    close.className = "zoom close";
    close.textContent = "✕";
    close.ariaLabel = "Close";
    close.onclick = () => dialog.close();
    const copy = figure.cloneNode(true);
    copy.querySelectorAll(".zoom, .tools").forEach(e => e.remove());
    dialog.append(close, copy);
    lively(copy, figure);
    dialog.onclick = event => event.target === dialog && dialog.close();
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  };
  caption.append(button);
}
// A curve with its points shows the values under the pointer, on a linear or logarithmic axis, smoothed, each curve on and off.
const looks = new Map(); // what the reader chose, by the place of the figure: a live page draws it anew
function lively(figure, original = figure) {
  const svg = figure.querySelector("svg[data-box]"), caption = figure.querySelector("figcaption");
  if (!svg || !caption) return;
  const place = (original.closest("article")?.id ?? "") + "/" + caption.querySelector("b").textContent;
  const numbers = text => text.split(" ").map(Number), make = (name, attributes, parent) => {
    const e = document.createElementNS(svg.namespaceURI, name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    parent.append(e);
    return e;
  };
  const [left, right, top, bottom] = numbers(svg.dataset.box), [x0, x1] = numbers(svg.dataset.x);
  const read = text => text.split(";").map(p => { const [s, v] = p.split(","); return [Number(s), v === "" ? NaN : Number(v)]; });
  const curves = [...svg.querySelectorAll("path[data-p]")].map(path => ({path, name: path.dataset.n, points: read(path.dataset.p), means: read(path.dataset.m ?? path.dataset.p)}));
  // Numbers on an axis as the page writes them.
  const label = v => {
    const a = Math.abs(v);
    if (v === 0) return "0";
    if (a >= 1e-4 && a < 1e7) return v.toLocaleString("en-US", {maximumSignificantDigits: 6}).replace("-", "−");
    const [m, e] = v.toExponential(3).split("e");
    return String(Number(m)).replace("-", "−") + "×10" + [...String(Number(e))].map(c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  };
  const look = looks.get(place) ?? {log: svg.dataset.log === "1", smooth: 0, off: new Set()};
  looks.set(place, look);
  const x = s => left + (s - x0) / (x1 - x0) * (right - left), short = v => String(Number(v.toPrecision(5)));
  const positive = curves.some(c => c.points.some(p => p[1] > 0)), axis = svg.querySelector("g.y"), keys = [...svg.querySelectorAll("g.key")];
  const scale = v => look.log ? Math.log10(v) : v, smoothed = points => {
    let sum = 0, weight = 0; // the mean of what came before, each step back counting less
    return points.map(([s, v]) => {
      if (!Number.isFinite(v)) return [s, v];
      sum = look.smooth * sum + v; weight = look.smooth * weight + 1;
      return [s, sum / weight];
    });
  };
  const draw = () => {
    let low = Infinity, high = -Infinity;
    for (const c of curves) if (!look.off.has(c.name)) for (const [, v] of c.points) {
      const y = scale(v);
      if (Number.isFinite(y)) { low = Math.min(low, y); high = Math.max(high, y); }
    }
    if (low > high) [low, high] = [0, 1];
    const pad = (high - low) * .04 || Math.abs(low) * .05 || 1e-12;
    low -= pad; high += pad;
    const y = v => bottom - (scale(v) - low) / (high - low) * (bottom - top);
    const line = points => {
      let d = "", pen = "M", alone = false;
      for (const [s, v] of points) {
        if (!Number.isFinite(scale(v))) { if (alone) d += "h0"; pen = "M"; alone = false; continue; }
        d += pen + x(s).toFixed(1) + " " + y(v).toFixed(1);
        alone = pen === "M"; pen = "L";
      }
      return alone ? d + "h0" : d;
    };
    for (const c of curves) {
      const off = look.off.has(c.name);
      c.path.setAttribute("d", off ? "" : line(c.points));
      c.path.style.strokeOpacity = look.smooth > 0 ? .3 : 1;
      c.over?.remove();
      if (look.smooth > 0 && !off) {
        c.over = c.path.cloneNode();
        c.over.removeAttribute("data-p");
        c.over.style.strokeOpacity = 1;
        c.over.setAttribute("d", line(smoothed(c.means)));
        c.path.after(c.over);
      }
    }
    keys.forEach((key, i) => { key.style.opacity = look.off.has(curves[i]?.name) ? .35 : 1; key.setAttribute("aria-pressed", !look.off.has(curves[i]?.name)); });
    axis.replaceChildren();
    const rough = (high - low) / 5, unit = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 5, 10].map(m => m * unit).find(s => s >= rough * .8);
    if (look.log && high - low >= 1) step = Math.max(1, Math.round(step));
    for (let k = Math.ceil(low / step); k * step <= high && k - low / step < 20; k++) {
      const at = bottom - (k * step - low) / (high - low) * (bottom - top);
      make("path", {d: `M${left} ${at.toFixed(1)}H${right}`, class: "g"}, axis);
      make("text", {x: left - 6, y: at + 4, class: "e"}, axis).textContent = label(look.log ? 10 ** (k * step) : k * step);
    }
    lost.hidden = !look.log || !curves.some(c => !look.off.has(c.name) && c.points.some(p => p[1] <= 0));
    hover.replaceChildren();
    hover.y = y;
  };
  const hover = make("g", {class: "hover", "pointer-events": "none"}, svg);
  svg.onpointermove = event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    hover.replaceChildren();
    if (at.x < left - 4 || at.x > right + 4 || at.y < top - 8 || at.y > bottom + 8) return;
    const wanted = x0 + (at.x - left) / (right - left) * (x1 - x0), near = [];
    for (const c of curves) if (!look.off.has(c.name)) {
      const best = c.points.reduce((a, p) => Number.isFinite(scale(p[1])) && (!a || Math.abs(p[0] - wanted) < Math.abs(a[0] - wanted)) ? p : a, null);
      if (best) near.push([best, c]);
    }
    if (!near.length) return;
    const first = near.reduce((a, b) => Math.abs(a[0][0] - wanted) <= Math.abs(b[0][0] - wanted) ? a : b)[0][0];
    make("path", {d: `M${x(first).toFixed(1)} ${top}V${bottom}`, class: "t"}, hover);
    const lines = near.slice(0, 12).map(([p, c]) => {
      make("circle", {cx: x(p[0]), cy: hover.y(p[1]), r: 3, fill: c.path.getAttribute("stroke")}, hover);
      return `${near.length > 1 ? c.name + ": " : ""}${short(p[1])}${p[0] === first && near.length > 1 ? "" : ` at ${p[0]}`}`;
    });
    if (near.length > 1) lines.unshift(`step ${first}`);
    const box = make("rect", {class: "box", rx: 3}, hover), words = make("text", {}, hover);
    lines.forEach((text, i) => make("tspan", {x: 0, y: 13 + i * 14}, words).textContent = text);
    const width = words.getBBox().width + 12, tall = lines.length * 14 + 6, wx = x(first) + 8 + width > right ? x(first) - 8 - width : x(first) + 8;
    const wy = Math.min(Math.max(top, at.y - tall / 2), bottom - tall);
    words.setAttribute("transform", `translate(${wx + 6} ${wy})`);
    for (const [k, v] of Object.entries({x: wx, y: wy, width, height: tall})) box.setAttribute(k, v);
  };
  svg.onpointerleave = () => hover.replaceChildren();
  const tools = document.createElement("span");
  tools.className = "tools";
  const lost = document.createElement("span");
  lost.className = "bad";
  lost.textContent = "values ≤ 0 are not drawn";
  if (positive) {
    const button = document.createElement("button");
    button.textContent = "log";
    button.ariaLabel = "Logarithmic axis of " + place.split("/").pop();
    button.ariaPressed = String(look.log);
    button.onclick = () => { look.log = !look.log; button.ariaPressed = String(look.log); draw(); };
    tools.append(button);
  }
  if (curves.some(c => c.points.length >= 20)) {
    const slider = document.createElement("input");
    Object.assign(slider, {type: "range", min: 0, max: .99, step: .01, value: look.smooth, title: "Smoothing", ariaLabel: "Smoothing of " + place.split("/").pop()});
    slider.oninput = () => { look.smooth = Number(slider.value); draw(); };
    tools.append(slider);
  }
  tools.append(lost);
  caption.append(tools);
  keys.forEach((key, i) => {
    if (!curves[i]) return;
    key.setAttribute("role", "button");
    key.setAttribute("tabindex", 0);
    const turn = () => { look.off.has(curves[i].name) ? look.off.delete(curves[i].name) : look.off.add(curves[i].name); draw(); };
    key.onclick = turn;
    key.onkeydown = event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); turn(); } };
  });
  if (keys.length) svg.setAttribute("role", "group"); // what is in it can be used
  draw();
}
function dress(root) {
  root.querySelectorAll("table.sortable").forEach(sortable);
  root.querySelectorAll("figure").forEach(figure => { lively(figure); zoomable(figure); });
}
dress(document);
