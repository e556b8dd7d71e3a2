// Checking a version: each answer is kept at once, and once all are there the lesson can be approved.
export function start() {
  const form = document.querySelector("[data-checks]");
  const approve = form.querySelector("[data-approve]");
  form.addEventListener("change", async () => {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : null), () => null);
    if (!answer) return; // the button that keeps them is there
    for (const said of form.querySelectorAll("[data-answered]")) said.textContent = answer.message;
    if (!answer.ready) return;
    form.querySelector("#not-yet")?.remove();
    if (approve.dataset.approve) approve.formAction = approve.dataset.approve;
    approve.type = "submit";
    approve.removeAttribute("aria-disabled");
    approve.removeAttribute("aria-describedby");
    approve.classList.add("btn--primary");
  });
}
