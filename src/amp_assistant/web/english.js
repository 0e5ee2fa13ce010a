// The page's own words in English, where a visitor chose it. What documents and people say stays as it is: nothing is translated inside an
// element that tells its language, nor in a question. A word that has no translation here stays French.
(() => {
  const WORDS = {
    // The frame
    "Discuter": "Ask", "Aides aux entreprises": "Business support", "Engagements": "Commitments", "Préparer un discours": "Prepare a speech",
    "Documents": "Documents", "À propos": "About", "Les documents interrogés": "The documents it reads",
    "Cette page arrive.": "This page is coming.",
    // Before a question
    "Que cherchez-vous dans les plans de la Métropole ?": "What are you looking for in the plans of the Métropole?",
    "Écrivez votre question comme vous la diriez, ou partez d’un exemple.": "Write your question as you would say it, or start from an example.",
    "Vous êtes": "You are", "Tout le monde": "Everyone", "Entreprise": "Business", "Agent": "Public officer", "Élu": "Elected official",
    "Pour une entreprise": "For a business", "Pour un agent": "For a public officer", "Pour un élu": "For an elected official",
    "Trouver vos aides, critère par critère": "Find your support, criterion by criterion",
    "Voir tous les engagements et leur suivi": "See all commitments and what came of them",
    "Préparer un discours, chaque chiffre sourcé": "Prepare a speech with a source for every figure",
    "Puis-je être exonéré de CFE si j’installe mon entreprise sur le territoire ?": "Can my company be exempted from the CFE tax if it settles in the area?",
    "J’ai 15 salariés et 3 millions d’euros de chiffre d’affaires : quel programme pour accélérer ma croissance ?":
      "I have 15 employees and a turnover of 3 million euros: which programme could speed up my growth?",
    "Je crée mon entreprise : existe-t-il un prêt d’honneur, et de quel montant ?": "I am starting a company: is there an honour loan, and how much is it?",
    "Combien d’entreprises le CREM doit-il accompagner par an ?": "How many companies must the CREM support each year?",
    "Quelle part des marchés publics contient une clause environnementale, et quel était l’objectif ?":
      "What share of public contracts has an environmental clause, and what was the target?",
    "Comment le Plan climat mobilise-t-il les communes ?": "How does the climate plan mobilise the communes?",
    "Quelle part du territoire le SCoT protège-t-il ?": "What share of the territory does the SCoT protect?",
    "Combien la Métropole a-t-elle investi contre les inondations en 2025 ?": "How much did the Métropole invest against floods in 2025?",
    "Quels arguments pour une place financière tournée vers la Méditerranée et l’Afrique ?":
      "What are the arguments for a financial centre turned towards the Mediterranean and Africa?",
    // The question box
    "Votre question": "Your question", "Écrivez-la ici": "Write it here", "Envoyer": "Send", "Arrêter": "Stop",
    "Limiter la recherche": "Limit the search", "Années des documents": "Years of the documents",
    "Écrivez d’abord votre question.": "Write your question first.",
    // The conversation
    "Poser de nouveau": "Ask again", "Modifier la question": "Edit the question", "Exporter (Word)": "Export (Word)",
    "Exporter (Markdown)": "Export (Markdown)", "Nouvelle conversation": "New conversation",
    "Recherche dans les documents…": "Searching the documents…", "Sans réponse prouvée": "No proved answer", "Pas de réponse": "No answer",
    "Ce qui s’en approche": "What comes near", "Sources": "Sources", "Copier": "Copy", "Copier le lien": "Copy the link", "Copié": "Copied",
    "Copie impossible": "Copying failed", "Utile": "Helpful", "Pas utile": "Not helpful", "Pour continuer": "To go on", "Par exemple": "For example",
    "Il n’y a pas encore de réponse à exporter.": "There is no answer to export yet.",
    "Un incident technique a empêché de répondre ; il est noté dans le journal. Réessayez dans un instant.":
      "A technical fault prevented an answer; it is noted in the log. Please try again in a moment.",
    "Les conditions des aides ont pu changer depuis : vérifiez-les auprès de la Métropole avant toute démarche.":
      "The conditions of support may have changed since: check them with the Métropole before you apply.",
    "Une partie des sources raconte un futur imaginé ou des idées d'atelier : ce ne sont ni des faits ni des décisions.":
      "Some of the sources tell an imagined future or workshop ideas: they are neither facts nor decisions.",
    "Les phrases citées sont des engagements ou des objectifs : elles ne disent pas ce qui a été réalisé.":
      "The sentences quoted are commitments or targets: they do not say what was done.",
    // Sources and opinions
    "Source": "Source", "Fermer": "Close", "Passage précédent": "Previous passage", "Passage suivant": "Next passage",
    "Ouvrir le document à cet endroit": "Open the document at this place",
    "Cette source ne prouve pas la phrase": "This source does not prove the sentence", "futur imaginé, pas un fait": "imagined future, not a fact",
    "engagement": "commitment", "cible": "target", "résultat": "result", "citation": "quotation", "récit imaginé": "imagined story",
    "Que manque-t-il à cette réponse ?": "What is missing in this answer?", "Pourquoi ? (facultatif)": "Why? (optional)",
    "N’écrivez ni nom ni coordonnées.": "Do not write names or contact details.", "Annuler": "Cancel", "Envoyer l’avis": "Send the opinion",
    "Merci, votre avis est noté.": "Thank you, your opinion is noted.",
    "Le serveur n’a pas pu répondre : réessayez dans un instant.": "The server could not answer: please try again in a moment.",
    "Le serveur ne peut pas être joint : vérifiez la connexion, puis réessayez.": "The server cannot be reached: check the connection, then try again.",
    "Erreur": "Error", "La connexion au serveur est perdue : la page essaie de la rétablir.": "The connection to the server is lost: the page is trying to restore it.",
    "La connexion au serveur est rétablie.": "The connection to the server is restored.",
    "Trop de questions sont posées en ce moment : réessayez dans une minute.": "Too many questions are being asked right now: please try again in a minute.",
  };
  const PHRASES = [
    [/^Il répond d’après (\d+) documents publics de la Métropole Aix-Marseille-Provence et prouve chaque phrase par une citation\. .*$/,
      "It answers from $1 public documents (in French) of the Aix-Marseille-Provence metropolis and proves every sentence with a quotation. This is not an official decision and something may be missing: check the source."],
    [/^La conversation reste dans votre navigateur ; .* gardé (\d+) jours, sans votre nom\.$/,
      "The conversation stays in your browser; “New conversation” erases it. An opinion that you give is kept for $1 days, without your name."],
    [/^Phrases des documents, en (.+) s$/, "The documents’ own sentences, in $1 s"],
    [/^Rédigé par (.+), phrases vérifiées, en (.+) s$/, "Written by $1, sentences checked, in $2 s"],
    [/^Date des sources : (.+)$/, "Date of the sources: $1"],
    [/^La source la plus récente date de (.+) : à vérifier auprès de son éditeur \((.+)\)\.$/,
      "The newest source is of $1: check with its publisher ($2)."],
    [/^La recherche était limitée à : (.+)$/, "The search was limited to: $1"],
    [/^Votre question dépasse (\d+) caractères de (\d+) : raccourcissez-la\.$/, "Your question is longer than $1 characters by $2: please shorten it."],
  ];
  const ATTRIBUTES = ["placeholder", "aria-label", "title"];
  const english = localStorage.getItem("amp-language") === "en";

  const translated = (words) => {
    const plain = words.replace(/\u00a0/g, " ").trim();
    if (Object.hasOwn(WORDS, plain)) return WORDS[plain];
    const found = PHRASES.find(([pattern]) => pattern.test(plain));
    return found && plain.replace(...found);
  };
  const isForeign = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[lang]:not(html), .turn h2, textarea, script, style, .record, .copied");
  const translateText = (node) => {
    const words = translated(node.data);
    if (words && words !== node.data.trim()) node.data = words;
  };
  const translateAttributes = (element) => {
    for (const name of ATTRIBUTES) {
      const words = element.hasAttribute(name) && translated(element.getAttribute(name));
      if (words && words !== element.getAttribute(name)) element.setAttribute(name, words);
    }
  };
  const translate = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return isForeign(root) || translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) node.parentElement?.closest("[lang]:not(html)") || translateAttributes(node);
      else if (!isForeign(node)) translateText(node);
    }
  };
  const watch = () =>
    new MutationObserver((changes) => {
      for (const change of changes) change.type === "childList" ? change.addedNodes.forEach(translate) : translate(change.target);
    }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });

  // The switch stands at the end of the pages' navigation, which Gradio draws anew on each page
  const place = () => {
    const navigation = document.querySelector("nav.fillable");
    if (!navigation || document.querySelector("#language")) return;
    const button = Object.assign(document.createElement("button"), { id: "language", type: "button", lang: english ? "fr" : "en" });
    button.textContent = english ? "Français" : "English";
    button.addEventListener("click", () => {
      localStorage.setItem("amp-language", english ? "fr" : "en");
      location.reload();
    });
    navigation.append(button);
  };
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: true });
  if (english) watch();
})();
