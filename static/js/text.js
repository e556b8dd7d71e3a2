// The form of a lesson's text: says what is there and how long it is, gives lists one more field, opens the fold that an
// address leads into, and saves with Ctrl and Enter. What is typed is kept by drafts.js.
import { count } from "./count.js";
import { oneMore } from "./fields.js";

const UNITS = { signs: (text) => count(text, "line"), words: (text) => text.split(/\s+/).filter(Boolean).length };

export function start() {
  const form = document.querySelector("form[data-saves]");
  const look = () => {
    form.querySelectorAll("[data-counts]").forEach(measure);
    form.querySelectorAll("[data-is]").forEach(mark);
    const shown = [...form.querySelectorAll("[data-is]")].filter((sign) => sign.closest(".group")?.checkVisibility() && sign.dataset.is !== "assumptions");
    const head = form.querySelector("[data-needed]");
    head.textContent = fill(head.dataset.needed, { there: shown.filter((sign) => sign.dataset.there === "yes").length, all: shown.length });
  };
  form.addEventListener("input", look);
  form.addEventListener("change", look);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-more]");
    if (!button) return;
    event.preventDefault();
    add(button);
  });
  form.addEventListener("keydown", (event) => {
    const list = event.target.closest("[data-lines]");
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) form.requestSubmit();
    else if (!list || event.target.matches("button, select")) return;
    else add(list.querySelector("[data-more]"));
    event.preventDefault();
  });
  addEventListener("hashchange", reveal);
  addEventListener("click", ({ target }) => { if (target.closest("a")?.hash === location.hash) setTimeout(reveal); });
  reveal();
}

function add(button) {
  const row = oneMore(button.closest("[data-lines]"));
  row.querySelector("input").focus();
}

// The field that the address names, with what it is folded in.
function reveal() {
  const field = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!field?.closest("form[data-saves]")) return;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus();
}

function mark(sign) {
  const filled = [...sign.closest(".field").querySelectorAll("textarea, input")].some((field) =>
    field.type === "radio" ? field.checked : field.type !== "date" && field.value.trim());
  sign.dataset.there = filled ? "yes" : "no";
  sign.querySelector("span").textContent = sign.dataset[sign.dataset.there];
}

function measure(note) {
  const { counts, unit, most, within, over, one } = note.dataset;
  const length = UNITS[unit](document.getElementById(counts).value);
  const more = length - Number(most);
  note.classList.toggle("counted--over", more > 0);
  note.textContent = fill(more > 0 ? (more === 1 ? one : over) : within, { num: more > 0 ? more : length, most });
}

const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
