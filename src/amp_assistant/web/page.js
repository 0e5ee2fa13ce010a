// What the page does beside Gradio: language, announcements, scrolling, opening a cited source, copying, refusing a question before it
// is sent. Everything works on events of the document, since Gradio draws its parts later and anew.
(() => {
  const LONGEST_QUESTION = 2000; // as in understanding.py, which has the last word

  // The page is in French whatever the browser's language; Gradio takes the language of its own few words from here.
  Object.defineProperty(navigator, "language", { get: () => "fr-FR" });
  Object.defineProperty(navigator, "languages", { get: () => ["fr-FR", "fr"] });
  document.documentElement.lang = "fr";

  const box = () => document.querySelector("#question textarea");

  // A screen reader is told of an answer once, when it is whole; the eye is led to a new question, and left alone while it is answered.
  const announce = (conversation) => {
    for (const [name, value] of Object.entries({ role: "log", "aria-live": "polite", "aria-label": "Conversation" }))
      conversation.setAttribute(name, value);
    let known = 0;
    new MutationObserver(() => {
      const turns = conversation.querySelectorAll(".turn");
      conversation.setAttribute("aria-busy", String(Boolean(conversation.querySelector(".turn.working"))));
      if (turns.length > known) turns[turns.length - 1].scrollIntoView({ block: "start" });
      known = turns.length;
    }).observe(conversation, { childList: true, subtree: true });
  };
  const drawn = new MutationObserver(() => {
    const conversation = document.querySelector("#conversation");
    if (!conversation || !box()) return;
    drawn.disconnect();
    announce(conversation);
    const hint = Object.assign(document.createElement("p"), { id: "hint" });
    hint.setAttribute("role", "alert");
    document.querySelector("#question").append(hint);
    box().setAttribute("aria-describedby", "hint");
  });
  drawn.observe(document.documentElement, { childList: true, subtree: true });

  const open = (source) => {
    const details = source.querySelector("details");
    details.open = true;
    source.scrollIntoView({ block: "nearest" });
    details.querySelector("summary").focus({ preventScroll: true });
  };

  const copy = async (button) => {
    const text = button.closest(".turn").querySelector(".copied").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copié";
    } catch {
      button.textContent = "Copie impossible"; // a page served without https has no clipboard
    }
    setTimeout(() => (button.textContent = "Copier"), 2000);
  };

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark");
    const button = event.target.closest("button.copy");
    if (mark) {
      event.preventDefault();
      open(document.getElementById(mark.hash.slice(1)));
    } else if (button) copy(button);
    else if (event.target.closest("button.example") && event.detail === 0) box().focus(); // by keyboard: the button goes away
  });

  const fault = (question) => {
    if (!question.trim()) return "Écrivez d’abord votre question.";
    const excess = question.length - LONGEST_QUESTION;
    return excess > 0 ? `Votre question dépasse ${LONGEST_QUESTION} caractères de ${excess} : raccourcissez-la.` : "";
  };
  const refuse = (event) => {
    const sentence = fault(box().value);
    document.querySelector("#hint").textContent = sentence;
    if (!sentence) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    box().focus();
  };
  const capture = true; // before Gradio sees the event
  document.addEventListener("click", (event) => event.target.closest("#question .submit-button") && refuse(event), capture);
  document.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box() && refuse(event),
    capture,
  );
  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    const sentence = event.target.value.length > LONGEST_QUESTION ? fault(event.target.value) : "";
    document.querySelector("#hint").textContent = sentence;
  });
})();
