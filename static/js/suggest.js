// Suggestions under a search field: arrows choose one, Enter opens it or searches, Esc closes the list.
import { parsed } from "./preview.js";

const PAUSE = 150; // ms after a key
const SHORTEST = 2; // letters
const started = new WeakSet();

export function start(field) {
  if (started.has(field)) return;
  started.add(field);
  const form = field.form;
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../css/suggest.css", import.meta.url) });
  const status = Object.assign(document.createElement("p"), { className: "vh", role: "status" });
  let list = null, chosen = null, turn = 0, pause;
  document.head.append(style);
  form.classList.add("suggesting");
  form.append(status);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions", autocomplete: "off" })
    .forEach(([name, value]) => field.setAttribute(name, value));

  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option ?? null;
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const show = (next) => {
    choose(null);
    list?.remove();
    list = next ?? null;
    if (list) field.after(list);
    field.setAttribute("aria-expanded", String(Boolean(list)));
    status.textContent = list?.dataset.said ?? "";
    // A press on a link leaves the focus where it is; the click follows it.
    list?.addEventListener("mousedown", (event) => event.preventDefault());
    // On the page of searches the way back from what was chosen leads to what was typed.
    list?.addEventListener("click", () => {
      const search = new URL(form.action);
      if (search.pathname !== location.pathname) return;
      search.search = new URLSearchParams(new FormData(form));
      history.replaceState(history.state, "", search);
    });
  };
  const close = () => {
    turn += 1; // what is still under way comes too late
    clearTimeout(pause);
    show(null);
  };
  async function ask() {
    const now = (turn += 1), typed = field.value.trim();
    if (typed.length < SHORTEST) return show(null);
    const answer = await fetch(`${form.action}/suggest?q=${encodeURIComponent(typed)}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (now === turn) show(parsed(html).find((node) => node.id));
  }
  const move = (step) => {
    const options = [...list.children], places = options.length + 1; // one of them is the field itself
    choose(options[(options.indexOf(chosen) + 1 + step + places) % places - 1]);
  };

  const wait = ({ isComposing }) => {
    choose(null);
    clearTimeout(pause);
    if (!isComposing) pause = setTimeout(ask, PAUSE);
  };
  field.addEventListener("input", wait);
  field.addEventListener("compositionend", wait);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (list && event.key in steps) move(steps[event.key]);
    else if (event.key === "ArrowDown") ask();
    else if (list && event.key === "Escape") close();
    else if (chosen && event.key === "Enter") chosen.click();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", close);
  form.addEventListener("focusout", ({ relatedTarget: next }) => { if (next !== field && !list?.contains(next)) close(); });
  if (field.value !== field.defaultValue) ask(); // typed while this was fetched
}
