// Draws anew what the server says has changed.
(() => {
  const badge = document.getElementById("live");
  const parse = text => new DOMParser().parseFromString(text, "text/html");
  const get = async path => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(path + ": " + answer.status);
    return parse(await answer.text());
  };
  // What the reader has opened stays open.
  const nameOf = details => (details.closest("article")?.id ?? "") + details.querySelector("summary").textContent.replace(/\d+/g, "");
  const keepOpen = (from, to) => {
    const open = new Map([...from.querySelectorAll("details")].map(d => [nameOf(d), d.open]));
    to.querySelectorAll("details").forEach(d => { if (open.has(nameOf(d))) d.open = open.get(nameOf(d)); });
  };
  const swap = (old, fresh) => {
    keepOpen(old.parentElement, fresh);
    const focus = document.activeElement, inside = old.contains(focus) && nameOf(focus.closest("details") ?? document.createElement("details"));
    old.replaceWith(fresh);
    dress(fresh);
    if (inside) [...fresh.querySelectorAll("details")].find(d => nameOf(d) === inside)?.querySelector("summary").focus();
  };
  // The row of a run in the table follows the run.
  const follow = (id, article) => {
    const row = document.querySelector(`tr[data-run="${id}"]`);
    if (!row) return;
    const status = article.querySelector("header .status"), shown = row.querySelector(".status");
    shown.className = status.className;
    shown.textContent = status.textContent;
    const last = new Map([...article.querySelectorAll(".metrics tbody tr")].map(r => [r.cells[0].textContent, r.cells[1].textContent]));
    [...row.closest("table").tHead.rows[0].cells].forEach((head, i) => {
      const value = last.get(head.dataset.metric);
      if (value === undefined) return;
      row.cells[i].textContent = value;
      row.cells[i].dataset.sort = value;
    });
  };
  let queue = Promise.resolve(), page = false, runs = new Set();
  const work = async () => {
    const all = page, some = [...runs]; // all that came since the last time
    page = false;
    runs = new Set();
    if (all) {
      const fresh = (await get(location.pathname + location.search)).getElementById("journal");
      swap(document.getElementById("journal"), document.adoptNode(fresh));
      return;
    }
    for (const id of some) {
      const fresh = (await get("run/" + id)).querySelector("article"), old = document.getElementById("run-" + id);
      if (!old && !document.querySelector(`tr[data-run="${id}"]`)) {
        if (location.search) continue; // a page of some runs, and this is none of them
        page = true;
        return work();
      }
      follow(id, fresh);
      if (!old) continue; // it stands in the table only
      swap(old, document.adoptNode(fresh));
    }
  };
  const events = new EventSource("events");
  const say = (text, lost) => { badge.textContent = text; badge.classList.toggle("lost", lost); };
  events.onopen = () => say("live", false);
  events.onerror = () => say("not connected", true);
  events.onmessage = event => {
    const news = JSON.parse(event.data);
    page ||= news.page === true;
    (news.runs ?? []).forEach(id => runs.add(id));
    queue = queue.then(async () => {
      const began = performance.now();
      await work();
      await new Promise(done => setTimeout(done, 3 * (performance.now() - began))); // the training needs the processors
    }).catch(error => say(String(error.message), true));
  };
})();
