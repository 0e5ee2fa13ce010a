// What the conversation does beside Gradio: announcements, scrolling, a cited source beside the text, questions asked by a button or a
// link, copying, exporting, opinions, refusing a question before it is sent. Everything works on events of the document, since Gradio
// draws its parts later and anew.
(() => {
  const LONGEST_QUESTION = 2000; // as in understanding.py, which has the last word
  const wide = matchMedia("(min-width: 72rem)"); // as in chat.css: room for a source beside the text

  const box = () => document.querySelector("#question textarea");
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const recordOf = (turn) => JSON.parse(turn.querySelector(".record").textContent);

  // A screen reader is told of an answer once, when it is whole; the eye is led to a new question, and left alone while it is answered.
  const announce = (conversation) => {
    for (const [name, value] of Object.entries({ role: "log", "aria-live": "polite", "aria-label": "Conversation" }))
      conversation.setAttribute(name, value);
    let known = 0;
    new MutationObserver(() => {
      const turns = conversation.querySelectorAll(".turn");
      conversation.setAttribute("aria-busy", String(Boolean(conversation.querySelector(".turn.working"))));
      if (turns.length > known) {
        document.querySelector("#filters button.label-wrap.open")?.click();
        turns[turns.length - 1].scrollIntoView({ block: "start" });
      }
      known = turns.length;
      if (source && !source.isConnected) close();
      if (location.search && conversation.querySelector(".begun")) history.replaceState(null, "", location.pathname); // asked once
    }).observe(conversation, { childList: true, subtree: true });
  };
  const drawn = new MutationObserver(() => {
    const conversation = document.querySelector("#conversation");
    if (!conversation || !box()) return;
    drawn.disconnect();
    announce(conversation);
    const hint = element("p", { id: "hint" });
    hint.setAttribute("role", "alert");
    document.querySelector("#question").append(hint);
    box().setAttribute("aria-describedby", "hint");
  });
  drawn.observe(document.documentElement, { childList: true, subtree: true });

  // A question asked by a button
  const setText = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
  const send = (question) => {
    if (document.querySelector(".turn.working")) return;
    setText.call(box(), question);
    box().dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector("#question .submit-button").click()); // once Gradio has seen the words
  };
  // A link to a question: it carries the two questions before, which this one may lean on (chat.py asks it when the page opens)
  const linkTo = ({ question, history: before }) =>
    `${location.origin}/?${new URLSearchParams([["q", question], ...before.slice(-2).map((earlier) => ["after", earlier])])}`;

  // A source: beside the text where there is room, else unfolded below it
  let panel, source, opener;
  const close = () => {
    if (!source) return;
    panel.hidden = true;
    source = undefined;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  };
  const openBeside = (item, from) => {
    panel ??= document.body.appendChild(element("aside", { id: "beside", tabIndex: -1, ariaLabel: "Source" }));
    source = item;
    opener = from;
    const head = element("p", { className: "head" }, ...item.querySelector("summary").cloneNode(true).childNodes);
    const title = element("h2", { textContent: "Source" });
    const bar = element("div", { className: "bar" }, title, element("button", { type: "button", className: "close", textContent: "Fermer" }));
    panel.replaceChildren(bar, head, item.querySelector(".sheet").cloneNode(true));
    panel.hidden = false;
    panel.focus({ preventScroll: true });
    panel.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  };
  const open = (item, from) => {
    if (wide.matches) return openBeside(item, from);
    const details = item.querySelector("details");
    details.open = true;
    item.scrollIntoView({ block: "nearest" });
    details.querySelector("summary").focus({ preventScroll: true });
  };

  // The clipboard
  const flash = (button, words) => {
    const usual = (button.dataset.usual ??= button.textContent);
    button.textContent = words;
    setTimeout(() => (button.textContent = usual), 2000);
  };
  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
      flash(button, "Copié");
    } catch {
      flash(button, "Copie impossible"); // a page served without https has no clipboard
    }
  };

  // What goes to the server beside questions: the conversation to export, opinions
  const post = async (path, body) => {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (response.ok) return response;
    const told = await response.json().catch(() => ({}));
    throw new Error(told.sentence ?? "Le serveur n’a pas pu répondre : réessayez dans un instant.");
  };
  const plainly = (error) => (error instanceof TypeError ? "Le serveur ne peut pas être joint : vérifiez la connexion, puis réessayez." : error.message);

  const download = async (button) => {
    const kind = button.id.replace("export-", "");
    const turns = [...document.querySelectorAll(".turn:has(.record)")].map(recordOf);
    const hint = document.querySelector("#hint");
    hint.textContent = turns.length ? "" : "Il n’y a pas encore de réponse à exporter.";
    if (!turns.length) return;
    try {
      const file = await (await post(`/conversation.${kind}`, { turns })).blob();
      const link = element("a", { href: URL.createObjectURL(file), download: `conversation.${kind}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch (error) {
      hint.textContent = plainly(error);
    }
  };

  const status = (place, words) => {
    const line = place.querySelector(".status") ?? place.appendChild(element("p", { className: "status", role: "status" }));
    line.textContent = words;
  };
  const judge = async (place, opinion, button) => {
    try {
      await post("/opinions", opinion);
      button.setAttribute("aria-pressed", "true");
      status(place, "Merci, votre avis est noté.");
    } catch (error) {
      status(place, plainly(error));
    }
  };
  const withComment = (title, done) => {
    const words = element("textarea", { id: "comment", rows: 4, maxLength: 1000 });
    const buttons = element("div", { className: "buttons" }, element("button", { value: "", textContent: "Annuler", formNoValidate: true }));
    buttons.append(element("button", { value: "send", className: "strong", textContent: "Envoyer l’avis" }));
    const label = element("label", { htmlFor: "comment", textContent: "Pourquoi ? (facultatif)" });
    const note = element("p", { className: "note", textContent: "N’écrivez ni nom ni coordonnées." });
    const form = element("form", { method: "dialog" }, element("h2", { id: "comment-title", textContent: title }), label, words, note, buttons);
    const dialog = document.body.appendChild(element("dialog", { className: "comment" }, form));
    dialog.setAttribute("aria-labelledby", "comment-title");
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "send") done(words.value.trim());
    });
    dialog.showModal();
    words.focus();
  };
  const opine = (button) => {
    const turn = button.closest(".turn");
    const give = (comment) => judge(button.closest(".foot"), { turn: recordOf(turn), verdict: button.name, comment }, button);
    if (button.name === "utile") give("");
    else withComment("Que manque-t-il à cette réponse ?", give);
  };
  const contest = (button) => {
    const item = button.closest("#beside") ? source : button.closest("li");
    const citation = Number(item.id.split("-")[2]);
    withComment("Cette source ne prouve pas la phrase", (comment) =>
      judge(button.closest(".sheet"), { turn: recordOf(item.closest(".turn")), verdict: "source", citation, comment }, button),
    );
  };

  const buttons = {
    "button.copy": (button) => copy(button, button.closest(".turn").querySelector(".copied").textContent),
    "button.share": (button) => copy(button, linkTo(recordOf(button.closest(".turn")))),
    "button.opinion": opine,
    "button.contest": contest,
    "#beside .close": close,
    "#export-docx, #export-md": download,
    "#edit": () => box().focus(),
    "button.ask": (button, event) => {
      send(button.textContent.replace(/\u00a0/g, " "));
      if (event.detail === 0) box().focus(); // by keyboard: the button goes away, or out of sight
    },
  };
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark");
    const summary = event.target.closest(".source > summary");
    if (mark || (summary && wide.matches)) {
      event.preventDefault();
      open(mark ? document.getElementById(mark.hash.slice(1)) : summary.closest("li"), mark ?? summary);
    }
    for (const [selector, act] of Object.entries(buttons)) {
      const button = event.target.closest(selector);
      if (button) act(button, event);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && !panel.hidden && !document.querySelector("dialog[open]")) close();
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
