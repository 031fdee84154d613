"""Whether somebody may still be asked to go to an incident that has come back after it had ended.

It is the age of the event that counts, as for a first activation, and not when it came back: nobody is paged for an old
crime. Of a date alone the age counts from the end of that day.
"""

from datetime import datetime, timedelta

from shared.kernel.vocabulary import TimePrecision


def may_still_be_asked(occurred_at: datetime, precision: TimePrecision, max_age: timedelta, at: datetime) -> bool:
    day = timedelta(days=1) if precision is TimePrecision.DAY else timedelta(0)
    return at <= occurred_at + day + max_age
