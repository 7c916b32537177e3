// The budget grid: arrows move, a block from a spreadsheet pastes, Ctrl+Z takes back; saving sends only what changed,
// with the value each cell had, so that nobody's change is overwritten unseen.
"use strict";
(() => {
  const grid = document.querySelector("table.grid");
  if (!grid) return;
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input[data-cell]")]).filter((row) => row.length);
  const place = new Map();
  rows.forEach((row, y) => row.forEach((cell, x) => place.set(cell, [x, y])));
  const undo = [];
  const mark = (cell) => cell.parentElement.classList.toggle("changed", cell.value !== cell.dataset.was);
  const set = (cell, value) => {
    undo.push([cell, cell.dataset.last ?? cell.dataset.was]);
    cell.value = value;
    cell.dataset.last = value;
    mark(cell);
  };
  const go = (cell, dx, dy) => {
    const [x, y] = place.get(cell);
    const next = rows[y + dy]?.[x + dx];
    if (next) {
      next.focus();
      next.select();
    }
    return Boolean(next);
  };
  grid.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!place.has(cell)) return;
    const all = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], Enter: [0, 1] };
    if (all || cell.selectionStart === cell.selectionEnd) {
      if (event.key === "ArrowLeft" && (all || cell.selectionStart === 0)) moves.ArrowLeft = [-1, 0];
      if (event.key === "ArrowRight" && (all || cell.selectionStart === cell.value.length)) moves.ArrowRight = [1, 0];
    }
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      go(cell, move[0], move[1]);
    } else if (event.key === "Escape") {
      cell.value = cell.dataset.last ?? cell.dataset.was;
    } else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      const last = undo.pop();
      if (last) {
        event.preventDefault();
        last[0].value = last[1];
        last[0].dataset.last = last[1];
        mark(last[0]);
        last[0].focus();
      }
    }
  });
  grid.addEventListener("change", (event) => {
    if (place.has(event.target)) {
      const value = event.target.value;
      event.target.value = event.target.dataset.last ?? event.target.dataset.was;
      set(event.target, value);
    }
  });
  grid.addEventListener("focusin", (event) => {
    if (place.has(event.target)) event.target.select();
  });
  grid.addEventListener("paste", (event) => {
    const start = place.get(event.target);
    const text = event.clipboardData.getData("text");
    if (!start || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, dy) => {
      line.split("\t").forEach((value, dx) => {
        const cell = rows[start[1] + dy]?.[start[0] + dx];
        if (cell && !cell.readOnly) set(cell, value.trim().replace(/[,，\s]/g, ""));
      });
    });
  });
  const form = grid.closest("form");
  form?.addEventListener("submit", () => {
    const changed = rows.flat().filter((cell) => cell.value !== cell.dataset.was);
    form.querySelector("[name=changes]").value = JSON.stringify(
      changed.map((cell) => ({ cell: cell.dataset.cell, was: cell.dataset.was, now: cell.value.replace(/[,，\s]/g, "") })),
    );
  });
  addEventListener("beforeunload", (event) => {
    if (!form?.dataset.sent && rows.flat().some((cell) => cell.value !== cell.dataset.was)) event.preventDefault();
  });
  form?.addEventListener("submit", () => { form.dataset.sent = "yes"; });
})();
