"use strict";
// The page is complete without this script; it adds sorting, opening and lighting up.
(() => {
  const said = document.getElementById("said");
  const say = (words) => { said.textContent = words; };
  const language = document.documentElement.lang;

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
      const step = numeric ? a.sort - b.sort : a.text.localeCompare(b.text, language, { numeric: true });
      return sign * step;
    });
    body.append(...keyed.map((item) => item.row), ...failed);
    for (const each of header.parentElement.cells) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    say(said.dataset[order].replace("{column}", () => header.firstElementChild.textContent.trim()));
  };

  for (const table of document.querySelectorAll("table")) {
    // Lines have an order of their own, and two cells to a column.
    if (table.tBodies[0].rows.length < 2 || table.classList.contains("lines")) continue;
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, header));
    }
  }

  // --- links into what is folded ------------------------------------------------------------
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (!folded) return;
    for (let each = folded; each; each = each.parentElement.closest("details")) each.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // --- all open, for reading and printing ----------------------------------------------------
  const folds = document.querySelectorAll("details.fold");
  const contents = document.querySelector(".frame nav");
  if (contents && folds.length) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "open-all";
    const name = (open) => { button.textContent = open ? said.dataset.fold : said.dataset.open; };
    let open = false;
    name(open);
    button.addEventListener("click", () => {
      open = !open;
      for (const each of folds) each.open = open;
      name(open);
      say(open ? said.dataset.opened : said.dataset.folded);
    });
    const item = document.createElement("li");
    item.append(button);
    contents.querySelector("ul").append(item);
  }

  // --- the same entry, wherever it stands ---------------------------------------------------
  let lit = [];
  const light = (element) => {
    for (const each of lit) each.classList.remove("lit");
    const entry = element && element.closest("[data-entry]");
    const part = entry && entry.closest(".task, article");
    lit = part ? [...part.querySelectorAll("[data-entry]")].filter(
      (each) => each.dataset.entry === entry.dataset.entry) : [];
    for (const each of lit) each.classList.add("lit");
  };
  document.addEventListener("pointerover", (event) => light(event.target));
})();
