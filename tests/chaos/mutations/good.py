"""A good history: every kind of thing that happens on the path happens in it, and no promise is broken."""

from deploy.local.demo.recount import recount
from deploy.local.demo.topics import Seen
from shared.contracts.events import incidents
from shared.contracts.topics import SERVICES
from tests.chaos.evidence import Evidence
from tests.chaos.history import Fault, History, Run
from tests.chaos.mutations import acts
from tests.chaos.mutations.city import ELM, POLICY, ZERO, City
from tests.chaos.mutations.readers import read_all
from tests.chaos.mutations.response import Incident

_ALSO = ("dead_letters", "consumer_stop", "alarms", "outbox")
_OF_ALERTS = ("pages", "conflicts_of_interest", "reconsideration_requests")
_OF_REPORTING = ("case_facts", "handoff_facts", "alarm_facts")


def begun() -> City:
    """Its people are there, and nothing has happened."""
    city = City()
    city.settle()
    _people(city.after(1))
    return city


def good_history() -> History:
    city = begun()
    _one_takes_it(city.after(60))
    _the_second_takes_it(city.after(60))
    _whoever_is_beside_is_told(city.after(60))
    _nobody_is_left(city.after(60))
    _a_phone_is_dead(city.after(60))
    _it_was_nothing(city.after(60))
    _it_is_over(city.after(60))
    city.after(1).poison("intake.incidents", ("alerts", "casework", "reporting"))
    city.publish_again(next(one for one in city.records if one.topic == "alerts.dispatches"))
    city.after(600)
    return told(city)


def told(city: City) -> History:
    """All that there is to read of it, read by every consumer."""
    read_all(city)
    return _history(city)


def _people(city: City) -> None:
    for number in range(6):
        city.worker(f"alder-{number}", 0.4 + number, "alder")
    city.worker("neighbour", 1.4, "alder")
    city.worker("stranger", 0.1)
    sleeper = city.worker("sleeper", 0.2, "alder")
    city.worker("elsewhere", 0.3, "alder", team_community="birch")
    city.worker("elm", 0.2, "alder", "birch", organization_id=ELM, team_community="birch")
    city.worker("floats", 0.1, floater=True, team_community=None)
    city.after(1).off_duty(sleeper)


def _one_takes_it(city: City) -> None:
    city.call("report", "feed", "info", key="lost", body={"source_ref": "ref-1", "kind": "shooting", "injured": 1})
    response = Incident(city, "ref-1", juvenile_involved=True).activate()
    acts.goes(acts.accepts(acts.acknowledges(acts.rings(response))), "en_route", "on_scene", "clear")
    response.incident.facts["kind"] = "homicide"
    response.incident.report(incidents.IncidentCorroborated, "attached", killed=None)


def _the_second_takes_it(city: City) -> None:
    response = Incident(city, "ref-2").activate()
    acts.stays_silent(acts.rings(acts.declines(acts.rings(response))))
    acts.goes(acts.accepts(acts.rings(response), "info"), "en_route")


def _whoever_is_beside_is_told(city: City) -> None:
    response = Incident(city, "ref-3", exercise=True).activate()
    first = acts.rings(response, 500).offers[0]
    acts.accepts(acts.rings(response), offer=first)
    acts.notices_arrive(response)


def _nobody_is_left(city: City) -> None:
    response = Incident(city, "ref-4", "birch").activate()
    acts.declines(acts.rings(response), "info")
    acts.stays_silent(acts.acknowledges(acts.rings(response), "info"))
    acts.is_paged(response)


def _a_phone_is_dead(city: City) -> None:
    response = Incident(city, "ref-5").activate()
    acts.rings_in_vain(response)
    acts.accepts(acts.rings(response))


def _it_was_nothing(city: City) -> None:
    response = Incident(city, "ref-6").activate()
    acts.rings(response)
    response.incident.screen_out()
    acts.notices_arrive(acts.ends(response, "stood_down"))
    Incident(city.after(1), "ref-7", relationship="intimate_partner").screen_out()


def _it_is_over(city: City) -> None:
    response = Incident(city, "ref-8").activate()
    acts.accepts(acts.rings(response))
    response.incident.close()
    acts.notices_arrive(acts.ends(response, "closed"))


def _history(city: City) -> History:
    began, ended = ZERO.timestamp(), city.at.timestamp()
    receivers = tuple(city.receivers.values())
    workers = tuple(one for one in receivers if one.kind == "interrupter")
    desks = tuple(one for one in receivers if one.kind != "interrupter")
    run = Run(1, began, ended, ended, 1.0, POLICY, workers, desks, "good", tuple(city.planted))
    names = {f"{service}.{name}" for service in SERVICES for name in _ALSO}
    names |= {f"alerts.{name}" for name in _OF_ALERTS} | {f"reporting.{name}" for name in _OF_REPORTING}
    tables = {name: tuple(dict(row) for row in city.rows.get(name, ())) for name in sorted(names | set(city.rows))}
    faults = (Fault("kill", "alerts-stream", began + 1, began + 1),)
    calls, received, records = tuple(city.calls), tuple(city.received), tuple(city.records)
    history = History(run, calls, received, faults, records, tables)
    letters = sum(".dlq" in record.topic for record in city.records)
    history.answers["reported"] = dict(recount(_seen(history), letters))
    return history


def _seen(history: History) -> list[Seen]:
    return [
        Seen(one.record.topic, one.id, one.kind, one.root, one.version, one.body) for one in Evidence(history).logged
    ]
