// Every page works without this. A module is fetched where its hook stands.
const MODULES = [
  ["[data-draft-kept]", "./drafts.js"],
  ["form[method=post]", "./once.js"],
  ["[data-limit]", "./count.js"],
  ["[data-audience-line]", "./audience.js"],
  ["[data-sheet]", "./preview.js"],
  ["[data-prompts]", "./prompts.js"],
  ["[data-workbench]", "./excerpt.js"],
  ["[data-thread]", "./thread.js"],
  ["[data-keys]", "./keys.js"],
  ["[data-related]", "./related.js"],
  ["[data-cells]", "./cells.js"],
  ["[data-checks]", "./checks.js"],
  ["[data-saves]", "./text.js"],
];

for (const [hook, module] of MODULES) {
  if (document.querySelector(hook)) import(module).then(({ start }) => start());
}
// Fetched or drawn ahead: nobody looks at it yet.
const fetched = performance.getEntriesByType("navigation")[0]?.deliveryType === "navigational-prefetch";
if (fetched || document.prerendering) import("./ahead.js").then(({ start }) => start());
const first = document.querySelector("[data-focus]");
first?.focus();
addEventListener("load", () => { if (document.activeElement === document.body) first?.focus(); }); // a fragment took it
// A slash goes to the search field, where it is not typed.
const search = document.querySelector("[aria-keyshortcuts]");
if (search) document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest(":read-write, select, dialog")) return;
  event.preventDefault();
  search.focus();
});

// What suggests, and what keeps words, is fetched once somebody goes to a field, or words wait here.
const waits = () => {
  try { return Object.keys(localStorage).some((name) => name.startsWith("draft:")); } catch { return false; }
};
const keep = () => import("./drafts.js").then(({ start }) => start()).catch(() => addEventListener("online", keep, { once: true }));
const isKept = ({ target }) => target.form?.querySelector("[data-keep]");
const go = (event) => {
  if (isKept(event)) keep();
  if (event.target.dataset?.suggest === "") import("./suggest.js").then(({ start }) => start(event.target));
};
document.addEventListener("focusin", go);
go({ target: document.activeElement });
document.addEventListener("input", (event) => { if (event.isTrusted && isKept(event)) event.target.form.dataset.typed = ""; });
if (document.querySelector("form[data-typed]")) keep(); // words that came back, under another key
if (waits()) {
  if (document.querySelector("[data-keep]")) keep();
  import("./waiting.js").then(({ start }) => start());
}
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.action !== document.querySelector("[data-device]")?.action || !waits()) return;
  event.preventDefault();
  import("./signout.js").then(({ signOut }) => signOut(form), () => form.submit());
}, true);
