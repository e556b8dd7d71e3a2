// Puts the words of a draft in the fields of its form.
import { hold, value } from "./device.js";

export const NEVER = new Set(["csrf_token", "_method", "people_seen"]); // what the page itself was given

// Fills an empty form with words that the server just got from elsewhere on this device; false where something stands in it.
export function takeUp(form, fields, revision) {
  if (form.elements.draft_revision.value !== "0" || form.elements.body.value.trim()) return false;
  fill(form, fields);
  form.elements.draft_revision.value = revision;
  hold(form.elements.idempotency_key.value);
  return true;
}

// Gives a list of inputs one more of them, empty, and returns it.
export function oneMore(list) {
  const last = list.lastElementChild;
  const row = last.cloneNode(true);
  last.querySelector("[data-more]")?.remove();
  last.removeAttribute("id");
  for (const field of row.querySelectorAll("input, select")) {
    field.id = "";
    field.placeholder = "";
    if (field.type !== "select-one") field.value = "";
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, list.children.length + 1));
  }
  list.append(row);
  return row;
}

export function fill(form, fields) {
  const turn = {}; // of inputs with one name
  for (const list of form.querySelectorAll("[data-lines]")) {
    const { name } = list.querySelector("input");
    const most = fields.filter(([of]) => of === name).length;
    while (list.children.length < most) oneMore(list);
  }
  for (const field of form.elements) {
    if (!field.name || NEVER.has(field.name) || ["submit", "button", "file", "password"].includes(field.type)) continue;
    const values = fields.filter(([name]) => name === field.name).map(([, words]) => words);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.closest("[data-lines]")) field.value = values[turn[field.name] = (turn[field.name] ?? -1) + 1] ?? "";
    else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = value(fields, field.name);
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
