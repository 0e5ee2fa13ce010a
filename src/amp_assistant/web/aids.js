// The aids beside Gradio: the sentence is sent by Enter, an answer is announced and brought into view.
(() => {
  document.addEventListener("click", (event) => event.target.closest?.("#advice button.print") && window.print());

  let shown = null; // the answer that was last brought into view
  new MutationObserver(() => {
    const place = document.querySelector("#advice");
    if (!place) return;
    if (!place.hasAttribute("aria-live")) place.setAttribute("aria-live", "polite");
    const answer = place.querySelector(".advice h2, p.failed");
    if (!answer || answer === shown) return;
    shown = answer;
    answer.tabIndex = -1;
    answer.focus({ preventScroll: true });
    answer.scrollIntoView({ block: "start" });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
