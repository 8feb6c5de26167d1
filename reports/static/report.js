"use strict";
// The page is complete without this script; it adds sorting, tabs and lighting up.
(() => {
  const say = (words) => { document.getElementById("said").textContent = words; };

  // --- sorting ------------------------------------------------------------------------------
  const keyOf = (row, index) => {
    const cell = row.cells[index];
    // The first node is the value; the family or the interval below it would disturb the order.
    return { sort: cell.dataset.sort, text: (cell.firstChild ?? cell).textContent.trim() };
  };

  const sortBy = (table, header) => {
    const index = header.cellIndex;
    const body = table.tBodies[0];
    const rows = [...body.rows];
    // Failed rows have no cells to sort by and stay at the bottom.
    const failed = rows.filter((row) => row.classList.contains("failed"));
    const sound = rows.filter((row) => !row.classList.contains("failed"));
    const keyed = sound.map((row) => ({ row, ...keyOf(row, index) }));
    const numeric = keyed.some((item) => item.sort !== undefined);
    const before = header.getAttribute("aria-sort");
    const first = header.dataset.better === "higher" ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = before === first ? other : first;
    const sign = order === "ascending" ? 1 : -1;
    const missing = (item) => numeric && item.sort === undefined;
    keyed.sort((a, b) => {
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      const step = numeric ? a.sort - b.sort : a.text.localeCompare(b.text, "en", { numeric: true });
      return sign * step;
    });
    body.append(...keyed.map((item) => item.row), ...failed);
    for (const each of header.parentElement.cells) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    say(`Sorted by ${header.firstElementChild.textContent.trim()}, ${order}.`);
  };

  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, header));
    }
  }

  // --- one task at a time -------------------------------------------------------------------
  const tasks = [...document.querySelectorAll(".task")];
  if (tasks.length > 1) {
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Tasks");
    const tabs = tasks.map((task) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.textContent = task.dataset.title;
      tab.id = `${task.id}-tab`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", task.id);
      task.setAttribute("role", "tabpanel");
      task.setAttribute("aria-labelledby", tab.id);
      list.append(tab);
      return tab;
    });
    const show = (index) => tasks.forEach((task, i) => {
      task.hidden = i !== index;
      tabs[i].setAttribute("aria-selected", String(i === index));
      tabs[i].tabIndex = i === index ? 0 : -1;
    });
    tabs.forEach((tab, i) => tab.addEventListener("click", () => show(i)));
    list.addEventListener("keydown", (event) => {
      const here = tabs.indexOf(document.activeElement);
      const last = tabs.length - 1;
      const next = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here === 0 ? last : here - 1,
                     Home: 0, End: last }[event.key];
      if (here < 0 || next === undefined) return;
      event.preventDefault();
      show(next);
      tabs[next].focus();
    });
    document.getElementById("tasks").prepend(list);
    const follow = () => {
      const target = document.getElementById(location.hash.slice(1));
      const index = tasks.indexOf(target && target.closest(".task"));
      show(Math.max(index, 0));
      if (index >= 0) list.scrollIntoView();
    };
    addEventListener("hashchange", follow);
    follow();
  }

  // --- the same entry, wherever it stands ---------------------------------------------------
  let lit = [];
  const light = (element) => {
    for (const each of lit) each.classList.remove("lit");
    const entry = element && element.closest("[data-entry]");
    const part = entry && entry.closest(".task, .brief");
    lit = part ? [...part.querySelectorAll("[data-entry]")].filter(
      (each) => each.dataset.entry === entry.dataset.entry) : [];
    for (const each of lit) each.classList.add("lit");
  };
  document.addEventListener("pointerover", (event) => light(event.target));

  // --- print everything, also what is folded away --------------------------------------------
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll(".learnt > details")) each.open = true;
  });
})();
