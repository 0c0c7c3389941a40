"""In: documents by the thousand or the million. Out: the same events as one by one, at scanning speed."""

from aidlib.corpus.parts import read_parts
from aidlib.corpus.run import Corpus, parse_corpus
from aidlib.corpus.sift import may_hold_aid

__all__ = ["Corpus", "may_hold_aid", "parse_corpus", "read_parts"]
