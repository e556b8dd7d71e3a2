// What is related takes the place of its link near the screen, unless somebody came to it by keyboard.
export function start() {
  const link = document.querySelector("[data-related]");
  let isReached = false;
  link.addEventListener("focus", () => { isReached = true; });
  if (!navigator.connection?.saveData) new IntersectionObserver(async ([{ isIntersecting }], seen) => {
    if (!isIntersecting) return;
    seen.disconnect();
    const page = await fetch(link.href).then((answer) => answer.ok ? answer.text() : "", () => "");
    const rows = new DOMParser().parseFromString(page, "text/html").querySelector("[data-rows]");
    if (!isReached && rows) link.replaceWith(...rows.childNodes);
  }, { rootMargin: "200px" }).observe(link);
}
