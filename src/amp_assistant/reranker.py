"""A cross-encoder named in the settings, which reads the question together with each passage: slower and finer than vectors.

None is used by default. Any CrossEncoder of sentence-transformers that gives one score a pair will do (Nogueira and Cho 2019, arXiv
1901.04085).
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from amp_assistant.errors import SettingError
from amp_assistant.settings import Settings


class Reranker:
    """Scores passages for a question; safe to share between threads, one of which is served at a time."""

    def __init__(self, name: str) -> None:
        """Load the model of a folder or of the hub.

        :raises SettingError: it is not there, is not a sentence-transformers CrossEncoder, or gives several scores a pair.
        """
        try:
            from sentence_transformers import CrossEncoder

            self._model = CrossEncoder(name, trust_remote_code=False, local_files_only=Path(name).is_dir())
            scores = self._model.predict([("question", "passage")], show_progress_bar=False)
        except Exception as error:  # the hub, torch and the model's own files each raise their own
            raise SettingError(
                f"Le modèle « {name} » nommé par AMP_RERANKER ne peut pas être chargé ({type(error).__name__}) : donnez le dossier d'un "
                "CrossEncoder de sentence-transformers, ou videz AMP_RERANKER pour vous en passer. Pour un modèle à télécharger, posez "
                "HF_HUB_OFFLINE=0."
            ) from error
        if scores.shape != (1,):
            raise SettingError(
                f"Le modèle « {name} » nommé par AMP_RERANKER donne {scores.shape[-1]} notes par passage au lieu d'une : prenez un "
                "CrossEncoder fait pour classer des passages, ou videz AMP_RERANKER."
            )
        self.name = name
        self._serving = Lock()  # its tokenizer sets the length to cut at before each use

    @classmethod
    def open(cls, settings: Settings) -> "Reranker | None":
        """The model of the settings, None where they name none.

        :raises SettingError: as above.
        """
        return cls(settings.reranker) if settings.reranker else None

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers, shape (len(texts),): the higher the better, on the model's own scale."""
        with self._serving:
            scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.nan_to_num(np.asarray(scores, dtype=np.float32))
