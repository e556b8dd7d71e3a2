// Every page works without this. A module knows one hook in the markup and is fetched only where that hook stands.
const MODULES = [
  ["[data-draft-kept]", "./drafts.js"],
  ["form[method=post]", "./once.js"],
  ["[data-limit]", "./count.js"],
  ["[data-audience-line]", "./audience.js"],
  ["[data-sheet]", "./preview.js"],
  ["[data-prompts]", "./prompts.js"],
  ["[data-workbench]", "./excerpt.js"],
];

for (const [hook, module] of MODULES) {
  if (document.querySelector(hook)) import(module).then(({ start }) => start());
}
// A browser may fetch a page ahead, or draw it too: in case of a click, while nobody looks at it yet.
const fetched = performance.getEntriesByType("navigation")[0]?.deliveryType === "navigational-prefetch";
if (fetched || document.prerendering) import("./ahead.js").then(({ start }) => start());
const first = document.querySelector("[data-focus]");
first?.focus();
addEventListener("load", () => { if (document.activeElement === document.body) first?.focus(); }); // a fragment took it

// Most people who open a thread read it. What keeps typed words comes when somebody goes to a field of a form for it, or
// when words wait on this device; what is typed until it is there counts too.
const waits = () => {
  try { return Object.keys(localStorage).some((name) => name.startsWith("draft:")); } catch { return false; }
};
const keep = () => import("./drafts.js").then(({ start }) => start()).catch(() => addEventListener("online", keep, { once: true }));
const isKept = ({ target }) => target.form?.querySelector("[data-keep]");
document.addEventListener("focusin", (event) => { if (isKept(event)) keep(); });
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
