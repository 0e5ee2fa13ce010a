"""The spaces that no line of French breaks at."""

import pytest

from amp_assistant.folding import squash
from amp_assistant.typography import unbroken


@pytest.mark.parametrize(
    ("plain", "kept"),
    [
        ("Selon « Agenda » : « 12 000 € » [1]", "Selon «~Agenda~»~: «~12~000~€~»~[1]"),
        ("94 % ; et après ? Oui !", "94~%~; et après~? Oui~!"),
        ("En 2025, 16 zones", "En 2025, 16 zones"),
    ],
)
def test_french_marks_and_thousands_stay_on_their_line(plain: str, kept: str) -> None:
    assert unbroken(plain) == kept.replace("~", "\u00a0")
    assert squash(unbroken(plain)) == squash(plain)
