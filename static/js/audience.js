// The sentence that says who will read this follows the choice before it is sent.
export function start() {
  for (const line of document.querySelectorAll("[data-audience-line]")) {
    const form = line.closest("form");
    const follow = () => {
      const chosen = new FormData(form).get("audience");
      const said = line.querySelector(`[data-audience-of="${CSS.escape(chosen ?? "")}"]`);
      if (!said) return;
      line.querySelector("[data-audience-who]").textContent = said.dataset.who;
      line.querySelector("[data-audience-count]").textContent = said.dataset.count;
    };
    form?.addEventListener("change", follow);
    if (form) follow();
  }
}
