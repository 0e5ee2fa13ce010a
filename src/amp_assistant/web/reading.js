// The plain pages (`frame`): light or dark as the visitor's system; in a document, from one found place to the next, the printed page of
// the passage that was asked for; during an indexing, how far it is. On Gradio's pages nothing of this runs.
(() => {
  const root = document.documentElement;
  if (!root.classList.contains("plain")) return;

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wanted = new URLSearchParams(location.search).get("__theme"); // as on Gradio's pages
  const colour = () => root.classList.toggle("dark", wanted ? wanted === "dark" : dark.matches);
  colour();
  dark.addEventListener("change", colour);

  // From one place to the next
  let at = -1;
  const step = (by) => {
    const found = [...document.querySelectorAll("mark.found")].filter((mark) => mark.id);
    if (!found.length) return;
    found[at]?.classList.remove("current");
    at = (at + by + found.length) % found.length;
    found[at].classList.add("current");
    found[at].scrollIntoView({ block: "center" });
    const status = document.querySelector(".reader .told [role=status]");
    if (status) {
      status.dataset.all ??= status.textContent;
      status.textContent = `Résultat ${at + 1} sur ${found.length}`;
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.step");
    if (button) step(Number(button.dataset.step));
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key !== "Enter" || event.isComposing || box.id !== "words" || box.value !== box.defaultValue || !box.value.trim()) return;
    event.preventDefault(); // searched already: on to the next, or back with Shift
    step(event.shiftKey ? -1 : 1);
  });

  // The printed page of the passage that was asked for, its words marked
  const show = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const leaf = target.dataset.page && document.getElementById(`page-${target.dataset.page}`);
    if (leaf?.matches("details") && !leaf.open) {
      const image = leaf.querySelector("img");
      const source = new URL(image.src);
      source.search = new URLSearchParams({ passage: target.id });
      image.src = source.href;
    }
    target.focus({ preventScroll: true });
    (target.querySelector("mark.quote") ?? target).scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", show);

  // How far an indexing is
  const follow = async (place) => {
    const bar = place.querySelector("progress");
    const said = place.querySelector("[role=status]");
    const state = await fetch("/administration/etat").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (state && !state.running) return location.reload();
    if (state) {
      if (said.textContent !== state.stage) said.textContent = state.stage;
      state.total > 1 ? (bar.value = state.done / state.total) : bar.removeAttribute("value");
    }
    setTimeout(() => follow(place), 1000);
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents details")?.removeAttribute("open");
    if (location.hash) show();
    else if (document.querySelector("#citation")) document.querySelector("#citation").scrollIntoView({ block: "center" });
    else if (document.querySelector("mark.found")) step(1);
    if (location.search.includes("q=")) document.querySelector("#words")?.focus({ preventScroll: true });
    const place = document.querySelector("#indexing");
    if (place) follow(place);
  });
})();
