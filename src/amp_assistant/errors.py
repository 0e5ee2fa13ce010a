"""The errors a user can meet, as one tree.

    AssistantError              anything that is told to the user in one sentence
    ├── UsageError              what was asked cannot be done as asked (exit code 2)
    │   ├── QuestionError       the question is empty, too long, not text
    │   └── SettingError        a setting names something that does not exist
    └── FailureError            what was asked is right, but it failed (exit code 1)
        ├── CorpusError         the folder of documents is missing, empty or unreadable
        ├── DocumentError       one document cannot be read
        ├── EncoderError        the encoder cannot be loaded or trained
        ├── StoreError          the index cannot be written, read or trusted
        │   └── StoreAwayError  the server that holds its vectors cannot be reached
        ├── RegisterError       a fact, a pair or a correction of the register is wrong
        └── LanguageModelError  the language model gave no answer that can be used

Every message is a French sentence: what happened, to what, and what to do next. Errors of the libraries are translated where
they are called, with ``from``, so that a caller catches this tree only.
"""


class AssistantError(Exception):
    """Anything that is told to the user in one sentence."""

    exit_code = 1


class UsageError(AssistantError):
    """What was asked cannot be done as asked."""

    exit_code = 2


class QuestionError(UsageError):
    """The question is empty, too long, or not text."""


class SettingError(UsageError):
    """A setting has a value that cannot be used."""


class FailureError(AssistantError):
    """What was asked is right, but it failed."""


class CorpusError(FailureError):
    """The folder of documents is missing, empty or unreadable."""


class DocumentError(FailureError):
    """One document cannot be read."""


class EncoderError(FailureError):
    """The encoder cannot be loaded or trained."""


class StoreError(FailureError):
    """The index cannot be written, read or trusted."""


class StoreAwayError(StoreError):
    """The server that holds the vectors of the index cannot be reached."""


class RegisterError(FailureError):
    """A fact, a pair or a correction of the register is wrong."""


class LanguageModelError(FailureError):
    """The language model gave no answer that can be used: out of reach, too slow, cut off, unreadable, unwilling."""
