// Keeps what is typed in form[data-draft="key"] on this device until a page shows that it was posted.
// A page says so by [data-draft-sent="key"], or by carrying the words themselves in a [data-words].
const PREFIX = "draft:";
const SKIPPED = new Set(["csrf_token", "idempotency_key", "next"]);

const read = (key) => {
  try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; }
};
const write = (key, kept) => {
  try { localStorage.setItem(PREFIX + key, JSON.stringify(kept)); return true; } catch { return false; }
};
const forget = (key) => {
  try { localStorage.removeItem(PREFIX + key); } catch { /* no storage, nothing kept */ }
};

const canKeep = () => {
  const kept = write("", {});
  forget("");
  return kept;
};

export function start() {
  for (const note of document.querySelectorAll("[data-draft-sent]")) forget(note.dataset.draftSent);
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form, form.dataset.draft);
  // said only where it is true: a browser may refuse to keep anything
  for (const note of document.querySelectorAll("[data-draft-kept]")) note.hidden = !canKeep();
}

function keep(form, key) {
  const note = form.querySelector("[data-saved]");
  const say = (words) => {
    if (!note || !words) return;
    note.hidden = false;
    (note.querySelector("[data-saved-text]") ?? note).textContent = words;
  };
  const kept = read(key);
  if (kept && isPosted(kept)) forget(key);
  else if (kept && restore(form, kept.fields)) say(note?.dataset.restoredMessage);

  let waiting;
  const save = () => {
    clearTimeout(waiting);
    const fields = collect(form);
    if (!hasWords(form)) forget(key);
    else if (write(key, { fields })) say(note?.dataset.savedMessage);
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 400); });
  form.addEventListener("change", save);
  form.addEventListener("submit", save);
  addEventListener("pagehide", () => { if (hasWords(form)) save(); });
}

const writable = (form) => [...form.elements].filter(
  (field) => field.name && !SKIPPED.has(field.name) && !["hidden", "password", "submit", "button", "file", "fieldset"].includes(field.type));
const isText = (field) => field.tagName === "TEXTAREA" || field.type === "text";
const hasWords = (form) => writable(form).some((field) => isText(field) && field.value.trim() !== "");

function collect(form) {
  const fields = {};
  for (const field of writable(form)) {
    if (field.type === "radio") { if (field.checked) fields[field.name] = field.value; }
    else fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  return fields;
}

// Only into a form that nobody filled: what the server sent back after an error is newer than what was kept.
function restore(form, fields) {
  if (hasWords(form)) return false;
  for (const field of writable(form)) {
    if (!(field.name in fields)) continue;
    if (field.type === "radio") field.checked = field.value === fields[field.name];
    else if (field.type === "checkbox") field.checked = fields[field.name];
    else field.value = fields[field.name];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

const bare = (words) => words.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function isPosted({ fields }) {
  const body = bare(fields.body ?? "").slice(0, 80);
  if (body.length < 12) return false;
  return [...document.querySelectorAll("[data-words]")].some((words) => bare(words.textContent).startsWith(body));
}
