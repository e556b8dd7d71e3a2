// Every page works without this. A module knows one hook in the markup and is fetched only where that hook stands.
const MODULES = [
  ["form[data-draft], [data-draft-sent]", "./draft.js"],
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
document.querySelector("[data-focus]")?.focus();
