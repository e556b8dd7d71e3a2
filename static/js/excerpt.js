// The workbench: select words of a post, press 1, 2 or 3, and they are sent as an excerpt of the claim that is active.
// Without this the same form takes pasted words.
const STANCES = { 1: "supports", 2: "nuances", 3: "contradicts" };

export function start() {
  const workbench = document.querySelector("[data-workbench]");
  const bar = workbench.querySelector("[data-stance-bar]");
  const claims = [...workbench.querySelectorAll("[data-claim]")];
  if (!bar || !claims.length) return;
  let active = claims.find((claim) => claim.classList.contains("draft-claim--active")) ?? claims.at(-1);
  let chosen = null;

  const activate = (claim) => {
    active = claim;
    claims.forEach((other) => other.classList.toggle("draft-claim--active", other === claim));
    bar.querySelector("[data-claim-number]").textContent = claim.dataset.number;
  };
  activate(active);
  claims.forEach((claim) => ["click", "focusin"].forEach((kind) => claim.addEventListener(kind, () => activate(claim))));

  document.addEventListener("selectionchange", () => {
    const next = selected();
    // pressing a button of the bar may empty the selection: the words stay chosen until others are
    if (next || !bar.contains(document.activeElement)) chosen = next;
    bar.hidden = !chosen;
    if (next && bar.previousElementSibling !== next.post) next.post.after(bar);
  });
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => send(event.target.closest("[data-stance]")?.dataset.stance));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (chosen && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && STANCES[event.key]) {
      event.preventDefault();
      send(STANCES[event.key]);
    }
  });

  function send(stance) {
    const form = active.querySelector("form[data-excerpt]") ?? workbench.querySelector("form[data-excerpt]");
    if (!stance || !chosen || !form) return;
    fill(form, { claim_id: active.dataset.claim, post_id: chosen.post.dataset.post, words: chosen.words, stance });
    form.requestSubmit();
  }
}

function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const { commonAncestorContainer: node } = selection.getRangeAt(0);
  const words = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-words]");
  const post = words?.closest("[data-post]");
  const text = selection.toString().trim();
  return post && text.length > 2 ? { post, words: text } : null;
}

function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (field) field.value = value;
  }
}
