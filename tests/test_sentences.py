"""Sentences as a reader would count them: the table shows a line of text with « | » where it is to be cut."""

from pathlib import Path

import pytest

from amp_assistant.sentences import split_sentences

CORPUS = Path(__file__).parent.parent / "corpus"

CASES = [
    # plain sentences
    "La Métropole agit.| Elle investit.",
    "Qui paie ?| La Métropole.",
    "Quelle ambition !| Nous y croyons.",
    "Vraiment ?!| Oui.",
    "Un seul énoncé sans point",
    "Le tram arrive. ",
    "Une phrase.  |Deux espaces la séparent.",
    "Fin à 2030.| 12 projets suivent.",
    "Le total est de 15.| Les autres attendent.",
    # numbers
    "Le taux passe de 1,9 à 2.5 points.| Il baisse.",
    "Près de 1 500 entreprises et 1.500 emplois sont aidés.| C'est peu.",
    "Le coût est de 12.000.000 euros.| Il sera réparti.",
    "La version 2.1 est publiée.| La 2.2 suivra.",
    "Le 19.11.2021 à 9 h. 30, la séance ouvre.",
    # abbreviations
    "Voir art. L. 123-4 du code de l'environnement.| Il fixe la règle.",
    "Voir l'art. 5 et l'al. 2 de la loi.",
    "Cf. p. 12 et pp. 14-16 du rapport.| Le reste est annexe.",
    "L'action n° 12 est prête.| L'action n. 13 aussi.",
    "Le montant (cf. Annexe 2) est connu.| Il est élevé.",
    "Env. 300 logements sont prévus.",
    "Il faut env. Trois ans.",
    "Cela couvre 4 800 hab. Les autres communes suivront.".replace("hab. ", "hab.| "),
    "M. Gaudin et Mme. Dupont ouvrent la séance.| Ils saluent MM. Le Goff et Martin.",
    "Le Dr. Martin et le Pr. Simon parlent.",
    "St. Victoire et Ste. Baume dominent.",
    "J.-C. Gaudin préside.| M. L. Vassal lui succède.",
    "Le projet de J. Nouvel est retenu.",
    "Il relève du point C. Le reste suit.".replace("C. ", "C.| "),
    "Le coût est de 200 M€ H.T. pour la ligne.",
    "Le coût est de 200 M€ H.T.| La Métropole paie la moitié.",
    "Le coût est de 200 M€.| Marseille paie la moitié.",
    "Le prix est de 12 € T.T.C. Marseille paie.",
    "Le port, l'aéroport, etc.| La liste est longue.",
    "Les ports (Marseille, Fos, etc.) sont reliés.| Le rail aussi.",
    "Les acteurs (DREAL…) viennent.| Ils parlent.",
    "Depuis sept. 2018, la ligne roule.",
    "Tél. 04 91 00 00 00.| Ouvert le matin.",
    "Par ex. Marseille et Aix.",
    "Elle siège au 58, bd. Charles-Livon, à Marseille.",
    # addresses
    "Voir www.ampmetropole.fr.| Le site est à jour.",
    "Voir https://ampmetropole.fr/plan.pdf?x=1. |Le plan y est.",
    "Écrire à contact@ampmetropole.fr.| Merci.",
    "Le fichier plan.v2.txt est joint.",
    # brackets
    "La ligne (ouverte en 2016. Elle est prolongée.) dessert Aix.| Elle roule.",
    "Il cite (...) Une partie du texte.",
    "Il cite [...] Une partie du texte.",
    "La Métropole avance.| (Voir la carte.)| Le reste suit.",
    "Une parenthèse (jamais fermée est un accident.| La suite tient.",
    "Le comité se réunit (trois fois).| Il décide.",
    # quotations
    "Il dit : « Venez ! Partez ! » et s'en va.| Nul ne bouge.",
    "Il dit : « La ville change. Elle grandit. »| Nul ne répond.",
    "« La ville change. |Elle grandit. »| Nul ne répond.",
    "« La ville change. » (Anne, habitante de Martigues)",
    "« On attend ! » dit-elle.| Le bus arrive.",
    "L'appel « Régénération, passons à l'action ! » est lancé.| Il dure.",
    "Le label « Régénération, passons à l'action ! » vise à sélectionner des projets.",
    "Il demande “Why not? Because.” et part.",
    'Elle dit "Oui." |Puis elle part.',
    "« Où va-t-on ? »| La question revient.",
    # ellipsis
    "Ports, gares, aéroports...| La liste est longue.",
    "Ports, gares… et aéroports.",
    "Et pourtant…| La ville tourne.",
    "Performances artistiques … .",
    # lists
    "Trois axes : Habiter ; Se déplacer ; Travailler.",
    "1. Soutenir les entreprises.| Les aides viennent.",
    "2.1. La métropole des proximités",
    "IV. Les leviers de l'action",
    "a. Premier point.| Il compte.",
    "Le levier 2. Accompagner les entreprises".replace("2. ", "2.| "),
    "Elle agit :\n|- pour le climat ;\n|- pour l'air.\n|Elle continue.",
    "Sans point\n|ni majuscule",
    "\n\nDeux lignes\n\n|vides entourent\n",
    "Retour chariot.\r\n|Ligne suivante.",
    # notes and case
    "Le plan est durable.¹| Les autres aussi.",
    "Le site thecamp. est une marque.",
    "Le projet Euroméditerranée. |À Marseille, il grandit.",
    "Il est 9 h. |Écoutons la suite.".replace("|", ""),
    "L'État paie.| Œuvrons ensemble.",
    "Il part.| – Vraiment ?| – Oui.",
    # English
    "Mr. Smith met Mrs. Jones at 5 p.m. in Marseille.| They left.",
    "See e.g. Section 3, i.e. The Plan.",
    "The U.S. Navy visits.| It leaves.",
    "Is it open?| Yes, it is.",
    "",
    "   \n  ",
]


@pytest.mark.parametrize("marked", CASES)
def test_a_line_is_cut_where_a_reader_would(marked: str) -> None:
    text = marked.replace("|", "")
    expected = [part.strip() for part in marked.split("|") if part.strip()]
    assert [text[start:end] for start, end in split_sentences(text)] == expected


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.*")), ids=lambda path: path.stem)
def test_nothing_but_white_space_stands_between_sentences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spans = split_sentences(text)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(not text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
