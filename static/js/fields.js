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

export function fill(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER.has(field.name) || ["submit", "button", "file", "password"].includes(field.type)) continue;
    const values = fields.filter(([name]) => name === field.name).map(([, words]) => words);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = value(fields, field.name);
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
