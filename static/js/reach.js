// The sentence that says where a story goes and who reads it follows what is chosen; the readers of another space are fetched.
import { parsed } from "./preview.js";
import { start as lookForSimilar } from "./similar.js";

export function start() {
  const fold = document.querySelector("[data-reach]");
  const form = fold?.closest("form");
  let asked = 0;

  const say = () => {
    const chosen = fold.querySelector("[name=audience]:checked");
    if (chosen) fold.querySelector("[data-reach-who]").textContent = chosen.dataset.readers;
  };

  async function follow(slug) {
    const turn = (asked += 1);
    const wanted = new FormData(form).get("audience");
    const answer = await fetch(fold.dataset.reach.replace("/-/", `/${slug}/`)).catch(() => null);
    if (turn !== asked || !answer?.ok) return; // the forum says it when the form is sent
    const page = parsed(await answer.text()).find((node) => node.querySelector?.("[data-reach]"));
    const there = page?.querySelector("[data-reach]");
    if (turn !== asked || !there) return;
    fold.querySelector("summary > span").replaceChildren(...there.querySelector("summary > span").childNodes);
    fold.querySelector("#audience").replaceWith(there.querySelector("#audience"));
    const same = fold.querySelector(`[name=audience][value="${CSS.escape(wanted ?? "")}"]`);
    if (same) same.checked = true;
    say();
  }

  form?.addEventListener("change", (event) => {
    if (event.target.name === "space") follow(event.target.value);
    else say();
  });
  if (form) say();
  if (form) lookForSimilar(form);
}
