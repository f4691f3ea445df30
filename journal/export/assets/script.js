// Sorting of the table of runs and enlarging of figures; the page reads without.
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
    copy.querySelector(".zoom").remove();
    dialog.append(close, copy);
    dialog.onclick = event => event.target === dialog && dialog.close();
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  };
  caption.append(button);
}
function dress(root) {
  root.querySelectorAll("table.sortable").forEach(sortable);
  root.querySelectorAll("figure").forEach(zoomable);
}
dress(document);
