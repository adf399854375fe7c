"""Anonymizing whole data sets: joins hold, nobody is left, and failures leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from synthkit import extract, pipeline
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.keys import MasterKey, new_key
from synthkit.anonymization.plan import Decision, Plan, Policy, TablePlan
from synthkit.cli import cli
from synthkit.dataset import Dataset
from synthkit.errors import DataError, UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.validate import validate

FIRST = "Anna Bertram Cordula Dietmar Elfriede Friedhelm Gudrun Hartmut Ilse Jochen"
LAST = "Abendroth Blaschke Czerny Dinkel Ehlers Fromm"
ROOT = Path(__file__).parents[2]
CHINOOK = ROOT.parent / "shared" / "data" / "chinook" / "train"
NAMES = [f"{first} {last}" for first in FIRST.split() for last in LAST.split()]
KEY = MasterKey("test", b"t" * 32)
FAIL = {"unreadable": "fail"}


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return pipeline.read(ROOT / "sample_data").load()


@pytest.fixture(scope="module")
def plan(sample: Dataset) -> Plan:
    return extract.make_plan(sample)


@pytest.fixture(scope="module")
def clean(sample: Dataset, plan: Plan) -> extract.Anonymized:
    made = extract.anonymize(sample, key=KEY, plan=plan)
    made.data.load()
    return made


def joined_rows(data: Dataset) -> list[int]:
    """Return how many rows each foreign key joins."""
    counts = []
    for key in data.schema.foreign_keys:
        child = data[key.table].dropna(subset=list(key.columns))
        parent = data[key.parent]
        on = {"left_on": list(key.columns), "right_on": list(key.parent_columns)}
        counts.append(len(child.merge(parent, **on)))
    return counts


def test_joins_and_keys_hold(sample: Dataset, clean: extract.Anonymized) -> None:
    assert joined_rows(clean.data) == joined_rows(sample)
    assert not validate(clean.data.schema, clean.data.chunks).violations
    for table in sample:
        for key in sample.schema.table(table).alternate_keys:
            before, after = sample[table][list(key)], clean.data[table][list(key)]
            assert before.duplicated().sum() == after.duplicated().sum()


def test_nothing_that_names_people_comes_out_again(
    sample: Dataset, clean: extract.Anonymized
) -> None:
    named = {"first_name", "last_name", "email", "phone", "street_address"}
    tallies = {(each.table, each.column): each for each in clean.anonymizer.tallies.values()}
    seen = 0
    for (table, column), tally in tallies.items():
        if column in named:
            before = set(sample[table][column].dropna())
            assert not before & set(clean.data[table][column].dropna()), column
            assert (tally.verbatim, tally.same) == (0, 0)
            seen += 1
    assert seen >= 8
    mails = set(sample["customers"]["email"].dropna())
    texts = " ".join(clean.data["form_submissions"]["message"].dropna())
    assert not any(mail in texts for mail in mails)


def test_the_same_key_gives_the_same_and_another_key_others(
    sample: Dataset, plan: Plan, clean: extract.Anonymized
) -> None:
    again = extract.anonymize(sample, key=KEY, plan=plan).data
    other = extract.anonymize(sample, key=MasterKey("other", b"o" * 32), plan=plan).data
    for table in sample:
        assert again.arrow(table).equals(clean.data.arrow(table))
    for table in ("customers", "leads", "employees"):
        assert not other.arrow(table).equals(clean.data.arrow(table))
    assert not set(other["customers"]["email"]) & set(clean.data["customers"]["email"])


def test_two_extracts_join_on_their_pseudonyms(sample: Dataset, plan: Plan) -> None:
    halves = []
    for rows in (slice(0, 1200), slice(600, 2000)):
        tables = {name: sample.arrow(name) for name in sample}
        tables["customers"] = tables["customers"].slice(rows.start, rows.stop - rows.start)
        half = Dataset.in_memory(sample.schema, tables)
        halves.append(extract.anonymize(half, key=KEY, plan=plan).data["customers"])
    joined = halves[0].merge(halves[1], on="email")
    assert (joined["id_x"] == joined["id_y"]).all()
    assert len(joined) == 600


@pytest.mark.skipif(not CHINOOK.is_dir(), reason="the real data sets are not here")
def test_chinook_joins_and_repeated_addresses_stay_equal() -> None:
    real = pipeline.read(CHINOOK).load()
    made = extract.anonymize(real, key=KEY).data
    assert joined_rows(made) == joined_rows(real)
    assert not validate(made.schema, made.chunks).violations
    invoices = made["Invoice"].merge(made["Customer"], on="CustomerId")
    assert (invoices["BillingAddress"] == invoices["Address"]).all()
    for column in ("LastName", "Email", "Phone", "Address"):
        assert not set(real["Customer"][column].dropna()) & set(made["Customer"][column].dropna())


def test_some_rows_come_with_all_that_belongs_to_them(sample: Dataset, plan: Plan) -> None:
    made = extract.anonymize(sample, key=KEY, plan=plan, rows={"customers": 100}).data
    assert len(made["customers"]) >= 100
    assert len(made["purchases"]) < len(sample["purchases"]) / 5
    assert not validate(made.schema, made.chunks).violations
    ids = set(made["purchases"]["customer_id"])
    whole = sample["purchases"]["customer_id"].isin(ids).sum()
    assert whole == len(made["purchases"])  # no purchase of a customer is missing
    with pytest.raises(UsageError, match="were asked for"):
        extract.anonymize(sample, key=KEY, plan=plan, rows={"customers": 10**6})


def test_the_report_says_what_is_left(clean: extract.Anonymized, tmp_path: Path) -> None:
    report = extract.risk_report(clean, clean.data)
    page = report.save(tmp_path / "risk")
    told = json.loads((tmp_path / "risk" / "report.json").read_text(encoding="utf-8"))
    assert told["violations"] == []
    assert told["pools"].startswith("faker ")
    assert {"name en_US", "user_name en_US"} <= set(told["pool_digests"])
    assert "customers" in {group["table"] for group in told["groups"]}
    assert "customers.email" in page.read_text(encoding="utf-8")


def two_tables(child_op: str) -> tuple[Dataset, Plan]:
    columns = (Column(name="mail", sdtype="email", nullable=False),)
    schema = Schema(
        tables=(
            Table(name="a", columns=columns, primary_key="mail"),
            Table(name="b", columns=columns),
        ),
        foreign_keys=(ForeignKey(table="b", columns="mail", parent="a", parent_columns="mail"),),
    )
    rows = pa.table({"mail": ["ann@x.org", "bob@x.org"]})
    data = Dataset.in_memory(schema, {"a": rows, "b": rows})
    tables = {
        "a": TablePlan({"mail": Decision("email")}),
        "b": TablePlan({"mail": Decision(child_op)}),
    }
    return data, Plan(tables)


def test_a_plan_that_breaks_joins_is_refused() -> None:
    data, plan = two_tables("hash")
    with pytest.raises(UsageError, match=r"joins of .* would break"):
        extract.anonymize(data, key=KEY, plan=plan)
    data, plan = two_tables("email")
    made = extract.anonymize(data, key=KEY, plan=plan).data
    assert set(made["a"]["mail"]) == set(made["b"]["mail"])


def test_what_the_plan_does_not_say_stops_the_run() -> None:
    data, plan = two_tables("email")
    without = Plan({"a": plan.tables["a"]})
    with pytest.raises(UsageError, match=r"nothing of b\.mail"):
        extract.anonymize(data, key=KEY, plan=without)
    with pytest.raises(UsageError, match="wants the key"):
        extract.anonymize(data, key=KEY, plan=Plan(plan.tables, key_id="2020-01"))
    gone = {**plan.tables, "a": TablePlan({"gone": Decision("keep")})}
    with pytest.raises(UsageError, match="no column 'gone'"):
        extract.anonymize(data, key=KEY, plan=Plan(gone))


def test_values_that_cannot_be_replaced_stop_the_run_and_are_not_told(tmp_path: Path) -> None:
    schema = Schema(tables=(Table(name="a", columns=(Column(name="n", storage="double"),)),))
    data = Dataset.in_memory(schema, {"a": pa.table({"n": [123456.75]})})
    plan = Plan({"a": TablePlan({"n": Decision("email")})})
    made = extract.anonymize(data, key=KEY, plan=plan).data
    with pytest.raises(DataError, match="column 'n'") as caught:
        pipeline.write(made, tmp_path / "out")
    assert "123456" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    folder.mkdir()
    lines = ["id,full_name,email,note"]
    lines += [
        f"{n},{name},anna{n}@mail.test,Call {name} at +49 170 12345{n:02}"
        for n, name in enumerate(NAMES)
    ]
    (folder / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def run(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments), env=dict(env or {}))
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_the_command_line_from_key_to_clean_files(people: Path, tmp_path: Path) -> None:
    key, plan, out = (str(tmp_path / name) for name in ("key", "plan.yaml", "clean"))
    assert run("key", "new", "2026-11", "--out", key)[0] == 0
    assert (Path(key).stat().st_mode & 0o777) == 0o600
    assert "never replaced" in run("key", "new", "--out", key)[1]
    assert run("anonymize", str(people), "--plan", plan)[0] == 0
    assert NAMES[0] not in Path(plan).read_text(encoding="utf-8")
    code, text = run(
        "anonymize", str(people), "--with", plan, "--out", out, "--key-file", key,
        "--report", str(tmp_path / "risk"), "--json",
    )  # fmt: skip
    assert code == 0, text
    assert json.loads(text)["key"] == "2026-11"
    written = "".join(
        path.read_text(encoding="utf-8") for path in Path(out).iterdir() if path.is_file()
    )
    for number in range(60):
        assert f"anna{number}@mail.test" not in written
        assert NAMES[number] not in written
    assert (tmp_path / "risk" / "index.html").is_file()


def test_a_condition_on_the_command_line(people: Path, tmp_path: Path) -> None:
    env = {"SYNTHKIT_KEY": new_key("one").text()}
    out = ["anonymize", str(people), "--out", str(tmp_path / "out")]
    code, text = run(*out, "--subset", "people: id < 7", env=env)
    assert code == 0, text
    assert len(pipeline.read(tmp_path / "out")["people"]) == 7
    for wrong, told in [
        (["people"], "neither a number"),
        (["5"], "does not say of which table"),
        (["people: no_such = 1"], "no_such"),
        (["people=1", "people=2"], "--subset was given two numbers"),
        (["people: id = 1", "people: id = 2"], "two conditions"),
    ]:
        options = [each for text in wrong for each in ("--subset", text)]
        code, text = run(*out, "--overwrite", *options, env=env)
        assert code != 0
        assert told in text
    code, text = run("anonymize", str(people), "--plan", "-", "--subset", "people=3")
    assert code != 0
    assert "go with --out" in text


def test_without_a_key_nothing_is_done(people: Path, tmp_path: Path) -> None:
    empty = {"SYNTHKIT_KEY": ""}
    code, text = run("anonymize", str(people), "--out", str(tmp_path / "out"), env=empty)
    assert code != 0
    assert "There is no key" in text
    assert not (tmp_path / "out").exists()
    assert "Say either" in run("anonymize", str(people))[1]


def test_encrypted_columns_are_opened_by_the_key_alone(people: Path, tmp_path: Path) -> None:
    key = new_key("one")
    data = pipeline.read(people)
    plan = extract.make_plan(data)
    columns = {**plan.tables["people"].columns, "email": Decision("encrypt")}
    told = Plan({"people": TablePlan(columns, "id")}, domains=plan.domains, key_id="one")
    plan_yaml.save(told, tmp_path / "plan.yaml")
    sealed = extract.anonymize(data, key=key, plan=told).data
    assert sealed["people"]["email"].str.startswith("enc1:").all()
    pipeline.write(sealed, tmp_path / "sealed")
    env = {"SYNTHKIT_KEY": key.text()}
    arguments = ["decrypt", str(tmp_path / "sealed"), "--with", str(tmp_path / "plan.yaml")]
    code, text = run(*arguments, "--out", str(tmp_path / "opened"), env=env)
    assert code == 0, text
    opened = pipeline.read(tmp_path / "opened")["people"]
    assert (opened["email"] == data["people"]["email"]).all()
    with pytest.raises(DataError, match="not encrypted with this key"):
        extract.decrypt(sealed, told, MasterKey("one", b"x" * 32)).load()


def test_cells_that_no_action_can_read_are_redacted_so_that_keys_hold() -> None:
    columns = (Column(name="code"), Column(name="phone"))
    schema = Schema(
        tables=(
            Table(name="a", columns=columns, primary_key="code"),
            Table(name="b", columns=(Column(name="code"),)),
        ),
        foreign_keys=(ForeignKey(table="b", columns="code", parent="a", parent_columns="code"),),
    )
    a = pa.table({"code": ["李", "王", "A1"], "phone": ["Anna Smith", "+49 30 1234", "n/a"]})
    data = Dataset.in_memory(schema, {"a": a, "b": pa.table({"code": ["王", "李", "A1"]})})
    of_codes = Decision(None, {}, "codes")
    tables = {
        "a": TablePlan({"code": of_codes, "phone": Decision("phone")}),
        "b": TablePlan({"code": of_codes}),
    }
    domains = {"codes": Decision("digits")}
    made = extract.anonymize(data, key=KEY, plan=Plan(tables, domains))
    clean = made.data.load()
    assert joined_rows(clean) == [3]
    assert clean["a"]["code"].is_unique
    assert clean["a"]["code"][0].startswith("[REDACTED ")
    assert "Anna" not in clean["a"]["phone"][0]
    assert clean["a"]["phone"][2] == "n/a"
    assert made.anonymizer.tallies["a", "phone"].redacted == 1
    strict = {**tables, "a": TablePlan({"code": of_codes, "phone": Decision("phone", FAIL)})}
    with pytest.raises(DataError, match="no telephone numbers") as caught:
        extract.anonymize(data, key=KEY, plan=Plan(strict, domains)).data.load()
    assert "Anna" not in str(caught.value)


def test_what_is_no_json_is_treated_as_the_policy_says() -> None:
    schema = Schema(tables=(Table(name="a", columns=(Column(name="doc"),)),))
    data = Dataset.in_memory(schema, {"a": pa.table({"doc": ['{"n": 1}', "{broken"]})})
    tables = {"a": TablePlan({"doc": Decision("json")})}
    made = extract.anonymize(data, key=KEY, plan=Plan(tables)).data
    assert made["a"]["doc"].tolist() == ['{"n": 1}', "[REDACTED]"]
    strict = Plan(tables, policy=Policy(unreadable_cell="fail"))
    with pytest.raises(DataError, match="no JSON"):
        extract.anonymize(data, key=KEY, plan=strict).data.load()
