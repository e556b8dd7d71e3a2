// Single keys on the desk: j and k to the next thing and the one before, Enter opens it, 1 to 4 decide, n writes a note,
// a takes it in hand, z undoes what was done last, ? lists them. Never in a field.
const help = document.querySelector("[data-desk-keys]");
const items = [...document.querySelectorAll("[data-item]")];
const opened = document.querySelector("[data-opened]");

// The thing with the focus, else the open one.
const focused = () => document.activeElement.closest("[data-item]");
const at = () => focused() ?? opened ?? items[0];
const press = (found) => found?.click();
const go = (step) => {
  const place = items.indexOf(at());
  const item = items[Math.min(Math.max(place + step, 0), items.length - 1)];
  item?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: "nearest" });
};
const note = () => {
  const fold = opened?.querySelector("[data-note]");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("textarea").focus();
};
const keys = {
  j: () => go(1),
  k: () => go(-1),
  n: note,
  a: () => press(at()?.querySelector("[data-take]")),
  z: () => press(document.querySelector("[data-undo]")),
  "?": () => help.showModal(),
};
for (const number of "1234") keys[number] = () => press(at()?.querySelector(`[data-act="${number}"]`));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || help.open) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "Enter" && event.target.matches("[data-item]")) {
    event.preventDefault();
    press(event.target.querySelector("[data-open]"));
  } else if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});
