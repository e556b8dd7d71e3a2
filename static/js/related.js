// What is related takes the place of its link once that comes near the screen.
export function start() {
  const link = document.querySelector("[data-related]");
  if (!navigator.connection?.saveData) new IntersectionObserver(async ([{ isIntersecting }], seen) => {
    if (!isIntersecting) return;
    seen.disconnect();
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok || document.activeElement === link) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = page.querySelector("[data-rows]");
    if (rows) link.replaceWith(...rows.childNodes);
  }, { rootMargin: "200px" }).observe(link);
}
