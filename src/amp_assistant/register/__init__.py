"""The facts of the documents as tables: dispositifs, engagements, cibles, resultats, suivi, every row with its proof."""

from amp_assistant.register.build import Register
from amp_assistant.register.rows import TABLES, Cible, Condition, Conflict, Dispositif, Engagement, Resultat, Row, Suivi, Table

__all__ = ["TABLES", "Cible", "Condition", "Conflict", "Dispositif", "Engagement", "Register", "Resultat", "Row", "Suivi", "Table"]
