"""Names and values weighed against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

DATABASES = {
    "adventureworks": """
Person 300
  *BusinessEntityID: serial
  FirstName: words
  EmailPromotion: int 0 2
SalesTerritory 10
  *TerritoryID: serial
  Name: words
  CountryRegionCode: pick 6
SalesPerson 17
  *BusinessEntityID -> Person(BusinessEntityID) unique
  TerritoryID -> SalesTerritory(TerritoryID) null .1
  SalesQuota: float 0 900
Customer 400
  *CustomerID: serial 11000
  PersonID -> Person(BusinessEntityID) null .1
  TerritoryID -> SalesTerritory(TerritoryID)
Product 200
  *ProductID: gaps 3
  Name: words
  ProductNumber: code BK-
  SafetyStockLevel: int 4 1000
SalesOrderHeader 900
  *SalesOrderID: serial 43659
  CustomerID -> Customer(CustomerID)
  SalesPersonID -> SalesPerson(BusinessEntityID) null .5
  TerritoryID -> SalesTerritory(TerritoryID)
  OrderDate: time
SalesOrderDetail 2500
  SalesOrderID -> SalesOrderHeader(SalesOrderID)
  *SalesOrderDetailID: serial
  ProductID -> Product(ProductID)
  OrderQty: int 1 30
""",
    "wordpress": """
wp_users 80
  *ID: serial
  user_login: words
  user_registered: time
wp_posts 600
  *ID: serial
  post_author -> wp_users(ID)
  post_date: time
  post_parent -> wp_posts(ID) null .6
  menu_order: int 0 20
wp_comments 900
  *comment_ID: serial
  comment_post_ID -> wp_posts(ID)
  user_id -> wp_users(ID) null .3
  comment_parent -> wp_comments(comment_ID) null .5
wp_postmeta 1500
  *meta_id: serial
  post_id -> wp_posts(ID)
  meta_key: pick 30
""",
    "telecom": """
tariffs 9
  *tariff_code: letters 3
  monthly_fee: float 5 90
subscribers 400
  *msisdn: gaps 900
  tariff_code -> tariffs(tariff_code)
  activated: date
cells 120
  *cell_id: gaps 40
  latitude: float 40 60
calls 5000
  caller_msisdn -> subscribers(msisdn)
  callee_msisdn -> subscribers(msisdn)
  cell_id -> cells(cell_id)
  started: time
  seconds: int 1 3600
""",
    "magento": """
customer_entity 300
  *entity_id: serial
  email: words
  group_id: int 1 4
sales_order 700
  *entity_id: serial
  customer_id -> customer_entity(entity_id)
  increment_id: code 1000
  grand_total: float 1 900
sales_order_item 1500
  *item_id: serial
  order_id -> sales_order(entity_id)
  sku: pick 90
  qty_ordered: int 1 9
""",
    "social": """
profiles 300
  *handle: letters 8
  bio: prose
  joined: time
posts 1200
  *post_uuid: uuid
  author_handle -> profiles(handle)
  likes: int 0 900
follows 2500
  *follower -> profiles(handle)
  *followee -> profiles(handle)
  since: time
likes 4000
  *post_uuid -> posts(post_uuid)
  *handle -> profiles(handle)
  at: time
""",
    "manufacturing": """
plant 5
  *plant_cd: letters 2
  plant_name: words
machine 60
  *machine_no: serial 100
  plant_cd -> plant(plant_cd)
  installed: date
operator 90
  *operator_no: serial 5000
  full_name: words
work_order 400
  *wo_no: code WO
  machine_no -> machine(machine_no)
  part_no: pick 60
  due: date
operation 1200
  *wo_no -> work_order(wo_no)
  *seq_no: int 1 9
  operator_no -> operator(operator_no)
  minutes: int 1 400
""",
    "git": """
repositories 60
  *id: gaps 90
  full_name: words
contributors 200
  *id: gaps 900
  login: letters 7
issues 900
  *id: gaps 90
  repository_id -> repositories(id)
  number: int 1 400
  author_id -> contributors(id)
  closed_by_id -> contributors(id) null .4
  milestone_id: int 1 12
comments 1800
  *id: gaps 90
  issue_id -> issues(id)
  contributor_id -> contributors(id)
labels 40
  *id: gaps 90
  name: words
issue_labels 900
  *issue_id -> issues(id)
  *label_id -> labels(id)
""",
    "HR English messy": """
tblDept 9
  *DeptCode: letters 3
  DeptName: words
tblLeaveType 6
  *LeaveTypeID: serial
  LeaveType: words
tblEmployee 200
  *EmpID: serial
  EmpName: words
  DeptCode -> tblDept(DeptCode)
  MgrID -> tblEmployee(EmpID) null .05 first .2
  GradeLevel: int 1 8
tblLeave 700
  *LeaveID: serial
  EmpID -> tblEmployee(EmpID)
  ApprovedBy -> tblEmployee(EmpID) first .3
  LeaveTypeID -> tblLeaveType(LeaveTypeID)
  Days: int 1 20
""",
}


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_key_is_found_and_no_other(
    name: str, seed: int, database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(DATABASES[name], seed)
    assert found_keys(made.infer().schema) == made.true_keys()


def with_orphans(made: Any, table: str, column: str, count: int) -> Any:
    """Let the first rows of a column point nowhere."""
    data = made.data[table]
    place = data.column_names.index(column)
    values = data.column(column).to_pylist()
    values[:count] = [10_000_000 + at for at in range(count)]
    made.data[table] = data.set_column(place, column, pa.array(values))
    return made


VISITS = "people 100\n  *id: serial\nvisits 1000\n  *id: serial\n  {} -> people(id)"


@pytest.mark.parametrize(
    ("column", "orphans", "kept"),
    [
        ("person_id", 20, True),
        ("person_id", 21, False),
        ("sick_person_id", 10, True),
        ("sick_person_id", 11, False),
        ("created_by", 5, True),
        ("created_by", 6, False),
    ],
)
def test_orphans_are_tolerated_as_far_as_the_name_is_sure(
    database: Callable[..., Any], column: str, orphans: int, kept: bool
) -> None:
    made = with_orphans(database(VISITS.format(column)), "visits", column, orphans)
    found = made.infer()
    assert [str(key) for key in found.schema.foreign_keys] == (
        [f"visits({column}) -> people(id)"] if kept else []
    )
    reasons = {one.subject: one.because for one in found.reasons}
    if kept:
        assert f"{orphans} orphans" in reasons[f"visits.{column}"]


@pytest.mark.parametrize(
    "column",
    [
        "status: int 1 5",
        "status_id: int 1 5",
        "type_id: int 1 90",
        "score: int 1 100",
        "flag: bool",
    ],
)
def test_columns_of_few_or_plain_values_point_nowhere(
    database: Callable[..., Any], column: str
) -> None:
    made = database(f"people 100\n  *id: serial\nvisits 1000\n  *id: serial\n  {column}")
    assert made.infer().schema.foreign_keys == ()


def test_texts_that_two_tables_share_are_no_key(database: Callable[..., Any]) -> None:
    made = database("people 100\n  *id: serial\n  city: pick 9\nshops 60\n  *id: serial")
    cities = made.data["people"].column("city").slice(0, 60)
    made.data["shops"] = made.data["shops"].append_column("city", cities)
    assert made.infer().schema.foreign_keys == ()


def test_one_to_one_is_told_where_it_is_no_accident(database: Callable[..., Any]) -> None:
    text = "people 200\n  *id: serial\nbadges {}\n  *id: serial\n  person_id -> people(id) unique"
    for rows, unique in ((150, True), (8, False)):
        (key,) = database(text.format(rows)).infer().schema.foreign_keys
        assert key.unique is unique
