// Copies that wait on this device, on any page of their account: they are sent as soon as that goes. Where the page has a
// list for it, [data-waiting], it shows what is left: a <template> with [data-began], [data-on] and [data-drop].
import { open, removeReadable, sendAll, value } from "./device.js";

export async function start() {
  removeReadable();
  const copies = await open();
  if (!copies?.keys().length) return;
  import("./signout.js"); // to have it when the network is away
  const list = document.querySelector("[data-waiting]");
  const go = async () => {
    const before = copies.keys().length;
    await sendAll(copies);
    if (list && copies.keys().length < before) location.reload(); // they stand among the others now
    else if (list) show(list, copies);
  };
  addEventListener("online", go);
  await go();
}

async function show(list, copies) {
  const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const lines = list.querySelector("ul");
  lines.replaceChildren();
  for (const key of copies.keys()) {
    const copy = await copies.get(key);
    if (!copy) continue;
    const line = list.querySelector("template").content.cloneNode(true).firstElementChild;
    const typed = ["title", "body", "text"].map((name) => value(copy.fields, name)).concat(copy.typed);
    line.querySelector("[data-began]").textContent = (typed.find((words) => words?.trim()) ?? "").trim().slice(0, 120);
    line.querySelector("[data-when]").textContent = shown.format(copy.time);
    line.querySelector("[data-on]").href = `${copy.at.split("#")[0]}#draft-${key}`;
    line.querySelector("[data-drop]").addEventListener("click", async () => {
      await copies.drop(key);
      line.remove();
      list.hidden = !lines.children.length;
    });
    lines.append(line);
  }
  list.hidden = !lines.children.length;
}
