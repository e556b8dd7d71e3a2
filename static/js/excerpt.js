// The workbench: select words of a post, press 1, 2 or 3, and their place is sent as an excerpt of the active claim.
const STANCES = { 1: "supports", 2: "nuances", 3: "contradicts" };

export function start() {
  const workbench = document.querySelector("[data-workbench]");
  const bar = workbench.querySelector("[data-stance-bar]");
  const claims = [...workbench.querySelectorAll("[data-claim]")];
  if (!bar || !claims.length) return;
  let active = claims.find((claim) => claim.classList.contains("draft-claim--active")) ?? claims.at(-1);
  let chosen = null;
  let pressed = false;
  let inBar = false;

  const activate = (claim) => {
    active = claim;
    claims.forEach((other) => other.classList.toggle("draft-claim--active", other === claim));
    bar.querySelector("[data-claim-number]").textContent = claim.dataset.number;
  };
  activate(active);
  claims.forEach((claim) => ["click", "focusin"].forEach((kind) => claim.addEventListener(kind, () => activate(claim))));

  const choose = () => {
    if (pressed || inBar) return; // not done yet, or a button may empty it
    const next = selectedPlace(workbench);
    if (!next && bar.contains(document.activeElement)) return;
    chosen = next;
    bar.hidden = !chosen;
    if (chosen && bar.previousElementSibling !== chosen.post) chosen.post.after(bar);
  };
  document.addEventListener("selectionchange", choose); // comes a little late: who acts looks again
  document.addEventListener("pointerdown", (event) => {
    if (bar.contains(event.target)) choose();
    inBar = bar.contains(event.target);
    pressed = !inBar;
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    document.addEventListener(kind, () => {
      pressed = false;
      choose();
    });
  }
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => send(event.target.closest("[data-stance]")?.dataset.stance));
  document.addEventListener("keydown", (event) => {
    inBar = false;
    if (event.key === "Tab" && !event.shiftKey && chosen && document.activeElement.contains(chosen.post)) {
      // from the pane or the page it would come by every link before
      event.preventDefault();
      bar.querySelector("button").focus();
    }
    const typing = event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !STANCES[event.key]) return;
    choose();
    if (!chosen) return;
    event.preventDefault();
    send(STANCES[event.key]);
  });

  function send(stance) {
    const form = workbench.querySelector("form[data-excerpt]");
    if (!stance || !chosen || !form) return;
    for (const [name, value] of Object.entries({ claim_id: active.dataset.claim, words: chosen.words, stance })) {
      form.elements[name].value = value;
    }
    // Only this time: who comes back and pastes other words means those.
    const place = Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: chosen.place });
    form.prepend(place);
    form.requestSubmit();
    place.remove();
  }
}

// The selected place: of the post where the selection began, or else the first that it reaches.
function selectedPlace(workbench) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const posts = [...workbench.querySelectorAll("[data-words]")].filter((words) => range.intersectsNode(words));
  const backwards = selection.anchorNode === range.endContainer && selection.anchorOffset === range.endOffset;
  if (backwards) posts.reverse();
  for (const words of posts) {
    const place = placeIn(words, range);
    if (place) return place;
  }
  return null;
}

// What of a post lies in the range: { post, place: "post.revision.start.end", words }, or null.
function placeIn(words, range) {
  const parts = [...words.querySelectorAll("[data-start]")].map((piece) => partOf(piece, range)).filter(Boolean);
  while (parts.length && !parts[0].text.trim()) parts.shift();
  while (parts.length && !parts.at(-1).text.trim()) parts.pop();
  if (!parts.length) return null;
  const first = parts[0];
  const last = parts.at(-1);
  first.start += length(first.text) - length(first.text.trimStart());
  first.text = first.text.trimStart();
  last.text = last.text.trimEnd();
  const post = words.closest("[data-post]");
  const end = last.start + length(last.text);
  return {
    post,
    place: [post.dataset.post, post.dataset.revision, first.start, end].join("."),
    words: parts.map(({ start, text }, at) => (at && start > endOf(parts[at - 1]) ? "\n" : "") + text).join(""),
  };
}

// The same of one piece: { start, text }, or null.
function partOf(piece, range) {
  const node = piece.firstChild;
  if (node?.nodeType !== Node.TEXT_NODE) return null; // rewritten
  const whole = node.data;
  if (range.comparePoint(node, whole.length) < 0 || range.comparePoint(node, 0) > 0) return null;
  let from = range.comparePoint(node, 0) < 0 ? range.startOffset : 0;
  let to = range.comparePoint(node, whole.length) > 0 ? range.endOffset : whole.length;
  if (splitsPair(whole, from)) from -= 1;
  if (splitsPair(whole, to)) to += 1;
  if (from >= to) return null;
  return { start: Number(piece.dataset.start) + length(whole.slice(0, from)), text: whole.slice(from, to) };
}

const endOf = ({ start, text }) => start + length(text);
// The server counts characters; a browser counts two for most emoji.
const length = (text) => [...text].length;
const splitsPair = (text, at) => /^[\uDC00-\uDFFF]/.test(text.slice(at)) && /[\uD800-\uDBFF]$/.test(text.slice(0, at));
