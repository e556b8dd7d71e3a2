// Copies that wait on this device are sent as soon as that goes. [data-waiting] lists what is left.
import { open, removeReadable, sendAll } from "./device.js";
import "./signout.js"; // to have it when the network is away

export async function start() {
  removeReadable();
  const copies = await open();
  if (!copies?.keys().length) return;
  const list = document.querySelector("[data-waiting]");
  const go = async () => {
    const before = copies.keys().length;
    const answers = await sendAll(copies);
    if (!list) return;
    const isNews = ({ id, revision }) => id && document.getElementById(`draft-${id}`)?.dataset.revision !== String(revision);
    if (answers.some(isNews) && copies.keys().length < before) location.reload();
    else show(list, copies);
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
    if (copy) lines.append(row(list.querySelector("template"), key, copy, copies, shown));
  }
  list.hidden = !lines.children.length;
}

function row(template, key, copy, copies, shown) {
  const line = template.content.cloneNode(true).firstElementChild;
  const [where, when, began, why, on, drop, back] = ["where", "when", "began", "why", "on", "drop", "back"].map((of) => line.querySelector(`[data-${of}]`));
  const thrown = (gone) => {
    drop.hidden = on.hidden = gone;
    back.hidden = !gone;
    (gone ? back : drop).focus();
  };
  where.textContent = copy.page.replace(/ · [^·]*$/, "");
  when.textContent = shown.format(copy.time);
  began.textContent = copy.typed.find((words) => words.trim())?.trim().slice(0, 160);
  if (copy.refused) why.textContent = copy.refused;
  on.href = `${copy.at}#draft-${key}`;
  drop.addEventListener("click", () => copies.drop(key).then(() => thrown(true)));
  back.addEventListener("click", () => copies.put(key, copy).then(() => thrown(false)));
  return line;
}
