"""Words that name the part something plays: a manager is an employee, a capital is a city.

For foreign keys whose column is not named after the table that it points at.
"""

from __future__ import annotations

from functools import lru_cache

from synthkit.schema.infer.names import ColumnName, same_word, singulars

__all__ = [
    "DIRECTIONS",
    "PEOPLE",
    "is_amount",
    "is_people_word",
    "role_of",
    "staff_rank",
    "words_of_role",
]

PEOPLE = (
    "user account employee staff person member customer client contact agent player student"
    " teacher author benutzer nutzer mitarbeiter kunde person mitglied usuario empleado cliente"
    " utilisateur employe driver worker personnel login profile seller artist actor patient"
).split()
_STAFF = ("employee", "staff", "mitarbeiter", "personnel", "worker", "agent", "user")
_PLACES = "city town airport station location place port stop country stadt ort site".split()
_USER_ROLES = (
    "created updated modified deleted changed edited entered author owner creator editor user"
    " follower followee following followed sender receiver recipient poster commenter uploader"
    " uploaded posted friend subscriber voter admin moderator referrer referred invited inviter"
    " requested requester reporter reported verified submitted added banned blocked"
).split()
_STAFF_ROLES = (
    "mgr mngr supv rep representative manager supervisor boss assignee assigned handled handler"
    " approved approver reviewer reviewed salesperson salesman seller agent operator"
    " cashier clerk lead"
    " leader head managed sold served closed opened processed teacher instructor advisor adviser"
    " counselor doctor physician trainer coach mentor chief chef vorgesetzter betreuer vertreter"
    " bearbeiter officer host organizer organiser auditor planner dispatcher inspector"
    " technician engineer responsible contact executive director"
).split()
_PLACE_ROLES = (
    "capital hometown birthplace origin destination departure arrival depot hq headquarters"
    " source dest orig pickup dropoff start end from to hauptstadt"
).split()
_TREE_ROLES = (
    "parent superior root ancestor reports report manager supervisor boss mentor predecessor"
    " mgr mngr supv previous prev next original reply replied replies duplicate related accepted"
    " supersedes superseded replaces replaced linked merged vorgesetzter vorgaenger"
    " vorganger ubergeordnet"
    " eltern oberkategorie chief chef head spouse partner sponsor referrer referred invited"
    " padre pere superseding derived forwarded"
).split()
DIRECTIONS = frozenset(
    "from to source target src dst dest destination origin orig home away first second start end"
    " left right old new by via primary secondary main default billing shipping bill ship sender"
    " receiver current last winner loser a b one two in out of the owner last parent child".split()
)
_SURE = frozenset("manager supervisor boss parent capital vorgesetzter mentor".split())
_COUNTING = frozenset(
    "is has num number count nb no n nr total max min avg mean sum pct percent anzahl".split()
)
_AMOUNTS = frozenset(
    "count counts total amount price cost qty quantity percent pct ratio rate score sum avg"
    " length width height weight size rank age anzahl menge preis betrag".split()
)
_AGENT_ENDINGS = ("er", "or", "ee")
_CONNECTIONS = frozenset(("by", "to"))
_NOT_AGENTS = frozenset(
    "order number quarter semester chapter paper letter water power server computer printer"
    " offer folder color factor sector vector error floor door tier layer register filter header"
    " footer transfer center career fee tree degree voucher master sensor elevator monitor"
    " trailer container timer counter cluster router barrier theater container character"
    " parameter newsletter sticker flyer".split()
)


def is_amount(name: ColumnName) -> bool:
    """Whether an unmarked name counts or measures: ``num_stores``, ``is_customer``."""
    if name.marker or not name.entity:
        return False
    return (len(name.entity) > 1 and name.entity[0] in _COUNTING) or name.entity[-1] in _AMOUNTS


@lru_cache(maxsize=4096)
def is_people_word(word: str) -> bool:
    """Whether a table of this name holds people, by the word or by its ending: tellers."""
    return any(same_word(word, known) for known in PEOPLE) or any(map(_is_agent, singulars(word)))


def _is_agent(word: str) -> bool:
    return len(word) > 4 and word.endswith(_AGENT_ENDINGS) and word not in _NOT_AGENTS


@lru_cache(maxsize=4096)
def role_of(name: ColumnName) -> frozenset[str]:
    """Return which of "user", "staff", "place", "tree" a column's name suggests.

    "agent" is a person by the form of the name alone: trainee, seen by.
    """
    if not name.entity:
        return frozenset()
    connected = name.entity[-1] in _CONNECTIONS and len(name.entity) > 1
    entity = name.entity[:-1] if connected else name.entity
    found = set()
    for role, known in (
        ("user", _USER_ROLES),
        ("staff", _STAFF_ROLES),
        ("place", _PLACE_ROLES),
        ("tree", _TREE_ROLES),
    ):
        if any(word in known for word in entity):
            found.add(role)
    if not (name.marker or connected):
        return frozenset(_of_unmarked(entity[-1], found))
    by_whom = connected and name.entity[-1] == "by"
    if not found and (by_whom or (name.marker == "strong" and _is_agent(entity[-1]))):
        found.add("agent")
    return frozenset(found)


def _of_unmarked(last: str, found: set[str]) -> set[str]:
    """Return the roles of a name that no marker tells to be a key: sure ones for a few words."""
    if last in _SURE:
        return found
    return {"agent"} if found & {"user", "staff"} and _is_agent(last) else set()


@lru_cache(maxsize=4096)
def staff_rank(word: str) -> int:
    """Return 0 for a table of those who have managers, else its place behind all such tables."""
    known = words_of_role("staff")
    at = next((at for at, one in enumerate(known) if same_word(word, one)), len(known))
    return 0 if at < len(_STAFF) else 1 + at


@lru_cache(maxsize=8)
def words_of_role(role: str) -> tuple[str, ...]:
    """Return words for the tables that something in a role lies in, likeliest first.

    >>> words_of_role("place")[0]
    'city'
    """
    if role == "place":
        return tuple(_PLACES)
    if role == "staff":
        return (*_STAFF, *(word for word in PEOPLE if word not in _STAFF))
    return tuple(PEOPLE) if role in ("user", "agent") else ()
