// The workshop beside Gradio: what is ticked, and in which order, is handed to the hidden box; moving is announced, and keeps the focus.
(() => {
  const box = () => document.querySelector("#kept textarea, #kept input");
  const MOST_WAIT = 250; // milliseconds in which quick changes become one

  let steps = 0;
  let waiting = 0;
  const tell = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const ticked = [...document.querySelectorAll("#brief li.element")].filter((one) => one.querySelector("input").checked);
      const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box()), "value").set;
      setter.call(box(), `${ticked.map((one) => one.id.replace("element-", "")).join(",")}/${(steps += 1)}`); // never the same twice
      box().dispatchEvent(new Event("input", { bubbles: true }));
    }, MOST_WAIT);
  };

  const announce = (sentence) => {
    let place = document.querySelector("#speech-said");
    if (!place) {
      place = Object.assign(document.createElement("p"), { id: "speech-said", className: "aside" });
      place.setAttribute("role", "status");
      document.querySelector("#speech").append(place);
    }
    place.textContent = sentence;
  };

  const move = (button) => {
    const element = button.closest("li.element");
    const isUp = button.classList.contains("up");
    const other = isUp ? element.previousElementSibling : element.nextElementSibling;
    const list = element.parentElement;
    if (other) isUp ? other.before(element) : other.after(element);
    button.focus();
    const place = [...list.children].indexOf(element) + 1;
    announce(other ? `Élément placé en position ${place} sur ${list.children.length}.` : `Cet élément est déjà ${isUp ? "le premier" : "le dernier"} de sa partie.`);
    if (other && element.querySelector("input").checked) tell();
  };

  // What is ticked joins the part; what is unticked stays where it is, so that it can be ticked again.
  const tick = (input) => {
    const element = input.closest("li.element");
    const part = element.closest(".part");
    if (input.checked && element.closest(".more")) {
      part.querySelector("ol.kept").append(element);
      input.focus();
    }
    announce(input.checked ? "Élément ajouté au discours." : "Élément retiré du discours.");
    tell();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#brief button.up, #brief button.down");
    if (button) move(button);
  });
  document.addEventListener("change", (event) => event.target.matches?.("#brief li.element input") && tick(event.target));

  let shown = null; // the title or the failure that was last brought into view
  new MutationObserver(() => {
    const length = document.querySelector("#speech-length");
    if (!length) return;
    if (!length.hasAttribute("aria-live")) length.setAttribute("aria-live", "polite");
    const told = document.querySelector("#speech-told");
    if (!told.hasAttribute("aria-live")) told.setAttribute("aria-live", "polite");
    const title = told.querySelector("h2:not(.examples h2), p.failed");
    if (!title || title === shown) return;
    shown = title;
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "start" });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
