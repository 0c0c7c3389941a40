"""In: a document. Out: its dates as days or intervals, and the day it was published."""

from aidlib.mentions.dates.find import find_dates
from aidlib.mentions.dates.published import find_published

__all__ = ["find_dates", "find_published"]
