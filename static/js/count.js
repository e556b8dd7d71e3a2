// Near the limit of a field, says how much stands in it, as the server counts.
const INVISIBLE = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const NEAR = 0.9;
const PAUSE = 1000; // ms before a screen reader is told

const line = (text) => {
  const kept = text.normalize("NFC").replace(CONTROL, " ").replace(INVISIBLE, "").replace(/\s+/g, " ").trim();
  return /^[\u200c\u200d\ufe0e\ufe0f ]*$/.test(kept) ? "" : kept;
};
const lines = (text) => text.split(LINE_END).map(line);
const long = (text) => [...text].length;
const COUNTED = {
  line: (text) => long(line(text)),
  paragraphs: (text) => long(lines(text).join("\n").trim()),
  post: (text) => long(text.replace(/\r\n?/g, "\n")),
  quotation: (text) => long(text.trim().replace(/\s+/g, " ")),
  items: (text) => Math.max(0, ...lines(text).map(long)),
};

export const count = (text, kept) => COUNTED[kept](text);

export function start() {
  document.querySelectorAll("[data-limit]").forEach(follow);
}

function follow(field, index) {
  const limit = Number(field.dataset.limit);
  const figures = new Intl.NumberFormat(document.documentElement.lang);
  const note = document.createElement("p");
  const spoken = document.createElement("span");
  note.className = "count-note";
  note.id = `count-${index}`;
  note.hidden = true;
  spoken.className = "vh";
  spoken.setAttribute("aria-live", "polite");
  field.after(note, spoken);
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), note.id].filter(Boolean).join(" "));
  const said = (length) => (length > limit ? field.dataset.over : field.dataset.near)
    .replace("%(length)s", figures.format(length)).replace("%(limit)s", figures.format(limit));
  const refused = document.getElementById(`${field.id}-error`);
  const sent = field.value;
  // Said once: by the server until something is typed, then here.
  let toldByServer = refused !== null && refused.textContent.trim() === said(count(sent, field.dataset.kept));
  let waiting;
  const show = () => {
    clearTimeout(waiting);
    if (toldByServer && field.value === sent) return;
    if (toldByServer) refused.remove();
    toldByServer = false;
    // Never more characters than units.
    const length = field.value.length < limit * NEAR ? 0 : count(field.value, field.dataset.kept);
    note.hidden = length < limit * NEAR;
    note.classList.toggle("count-note--over", length > limit);
    note.textContent = note.hidden ? "" : said(length);
    waiting = setTimeout(() => { spoken.textContent = note.textContent; }, PAUSE);
  };
  field.addEventListener("input", show);
  field.form?.addEventListener("change", show); // a draft that was brought back
  show();
}
