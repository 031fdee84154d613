"""The guard of alerts' routes about one incident: a restricted one is not there for whoever may not see it."""

from services.alerts.queries.restricted import NO_SUCH_DISPATCH, is_for_all
from shared.auth import restricted

allow_seen = restricted.allow_seen(is_for_all, NO_SUCH_DISPATCH)
