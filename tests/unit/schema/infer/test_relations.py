"""What names say about each other, alone and in databases where they decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthkit.schema.infer.names import TableNames
from synthkit.schema.infer.relations import Likeness, Relations

DATABASES = {
    "logistics": """
warehouses 12
  *warehouse_code: letters 4
  city: words
carriers 8
  *carrier_id: serial
  carrier_name: words
vehicles 60
  *vehicle_id: serial
  carrier_id -> carriers(carrier_id)
  plate_number: letters 7
drivers 80
  *driver_id: serial
  licence_no: letters 9
  hired: date
shipments 900
  *shipment_id: serial
  tracking_number: gaps 90
  origin_warehouse -> warehouses(warehouse_code)
  destination_warehouse -> warehouses(warehouse_code)
  driver_id -> drivers(driver_id) null .1
  vehicle_id -> vehicles(vehicle_id)
  weight_kg: float 1 900
  pallet_count: int 1 30
shipment_events 3000
  *event_id: serial
  shipment_id -> shipments(shipment_id)
  event_type_id: int 1 8
  occurred_at: time
""",
    "library": """
authors 120
  *author_id: serial
  name: words
publishers 20
  *publisher_id: serial
  name: words
books 300
  *isbn: code 978
  title: words
  publisher_id -> publishers(publisher_id)
  year: int 1950 2020
  pages: int 50 900
book_authors 380
  *isbn -> books(isbn)
  *author_id -> authors(author_id)
borrowers 90
  *card_no: serial 1
  full_name: words
loans 700
  *loan_id: serial
  isbn -> books(isbn)
  card_no -> borrowers(card_no)
  due: date
""",
    "school german": """
Schueler 300
  *SchuelerNr: serial
  Vorname: words
  Geburtsdatum: date
  KlassenID: int 1 20
Lehrer 25
  *LehrerID: serial
  Nachname: words
Faecher 14
  *FachID: serial
  Bezeichnung: words
Unterricht 200
  *UnterrichtID: serial
  LehrerID -> Lehrer(LehrerID)
  FachID -> Faecher(FachID)
Noten 2000
  SchuelerNr -> Schueler(SchuelerNr)
  FachID -> Faecher(FachID)
  Note: int 1 6
  Datum: date
""",
    "hr oracle": """
REGIONS 4
  *REGION_ID: serial
  REGION_NAME: words
COUNTRIES 25
  *COUNTRY_ID: letters 2
  COUNTRY_NAME: words
  REGION_ID -> REGIONS(REGION_ID)
LOCATIONS 23
  *LOCATION_ID: serial 1000
  CITY: words
  COUNTRY_ID -> COUNTRIES(COUNTRY_ID)
DEPARTMENTS 27
  *DEPARTMENT_ID: gaps 20
  DEPARTMENT_NAME: words
  LOCATION_ID -> LOCATIONS(LOCATION_ID)
JOBS 19
  *JOB_ID: letters 6
  JOB_TITLE: words
  MIN_SALARY: int 2000 9000
EMPLOYEES 107
  *EMPLOYEE_ID: serial 100
  FIRST_NAME: words
  HIRE_DATE: date
  JOB_ID -> JOBS(JOB_ID)
  SALARY: int 2000 24000
  MANAGER_ID -> EMPLOYEES(EMPLOYEE_ID) null .02 first .2
  DEPARTMENT_ID -> DEPARTMENTS(DEPARTMENT_ID) null .02
""",
    "bank cz raw": """
branches 15
  *branch_id: serial
  city: words
tellers 60
  *teller_id: serial
  branch_id -> branches(branch_id)
clients 300
  *client_no: serial 1000
  birth_number: gaps 300
accounts 350
  *account_no: gaps 500
  client_no -> clients(client_no)
  opened_by -> tellers(teller_id)
  balance: float 0 9000
transactions 3000
  *trx_id: serial
  debit_account_no -> accounts(account_no)
  credit_account_no -> accounts(account_no)
  amount: float 1 900
""",
    "saas": """
organizations 40
  *id: serial
  slug: words
plans 5
  *id: serial
  name: words
  monthly_price: int 0 500
subscriptions 45
  *id: serial
  org_id -> organizations(id)
  plan_id -> plans(id)
  seats: int 1 40
  started_on: date
members 400
  *id: serial
  org_id -> organizations(id)
  invited_by -> members(id) null .2
  role: pick 4
invoices 500
  *id: serial
  number: code INV-
  subscription_id -> subscriptions(id)
  amount_cents: int 100 90000
events 5000
  *id: serial
  member_id -> members(id)
  session_id: uuid
  name: pick 20
  level: int 1 5
""",
    "instacart": """
aisles 134
  *aisle_id: serial
  aisle: words
departments 21
  *department_id: serial
  department: words
products 900
  *product_id: serial
  product_name: words
  aisle_id -> aisles(aisle_id)
  department_id -> departments(department_id)
orders 1500
  *order_id: gaps 20
  user_id: int 1 200
  eval_set: pick 3
  order_number: int 1 100
  order_dow: int 0 6
order_products__prior 6000
  *order_id -> orders(order_id)
  *product_id -> products(product_id)
  add_to_cart_order: int 1 40
  reordered: int 0 1
""",
    "small shop": """
customer 8
  *id: serial
  name: words
  city: pick 4
product 6
  *id: serial
  name: words
  price: float 1 90
order 15
  *id: serial
  customer_id -> customer(id)
  date: date
  status: pick 3
order_item 30
  *id: serial
  order_id -> order(id)
  product_id -> product(id)
  quantity: int 1 5
""",
}


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_key_is_found_and_no_other(
    name: str, seed: int, database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(DATABASES[name], seed)
    assert found_keys(made.infer().schema) == made.true_keys()


TABLES = {
    "customers": ["id", "customer_id", "name"],
    "orders": ["id", "customer_id", "placed_by", "status_id", "is_customer"],
    "order_items": ["order_id", "item_no"],
    "countries": ["code"],
    "employees": ["emp_no", "manager_id"],
    "film_category": ["film_id", "category_id"],
    "film": ["film_id"],
    "category": ["category_id"],
}


@pytest.fixture
def relations() -> Relations:
    names = TableNames(TABLES.items())
    return Relations(names, set(TABLES), {"customers", "employees"})


@pytest.mark.parametrize(
    ("column", "parent", "key", "likeness"),
    [
        ("customer_id", "customers", "id", Likeness.EXACT),
        ("CustomerNumber", "customers", "id", Likeness.EXACT),
        ("billing_customer_id", "customers", "id", Likeness.PARTIAL),
        ("customer_from", "customers", "id", Likeness.PARTIAL),
        ("cust_id", "customers", "id", Likeness.SHORT),
        ("item_id", "order_items", "order_id", Likeness.NONE),
        ("created_by", "employees", "emp_no", Likeness.ROLE),
        ("emp_no", "employees", "emp_no", Likeness.EXACT),
        ("country", "countries", "code", Likeness.EXACT),
        ("status_id", "countries", "code", Likeness.MARKED),
        ("id", "customers", "id", Likeness.NONE),
        ("code", "countries", "code", Likeness.NONE),
        ("is_customer", "customers", "id", Likeness.NONE),
        ("num_customers", "customers", "id", Likeness.NONE),
        ("colour", "customers", "name", Likeness.NONE),
        ("name", "customers", "name", Likeness.SAME),
    ],
)
def test_a_name_is_like_a_table(
    relations: Relations, column: str, parent: str, key: str, likeness: Likeness
) -> None:
    assert relations.relation("orders", column, parent, key).likeness == likeness


@pytest.mark.parametrize(
    ("table", "column", "own"),
    [
        ("customers", "id", True),
        ("customers", "customer_id", True),
        ("orders", "customer_id", False),
        ("employees", "emp_no", True),
        ("film_category", "category_id", False),
        ("order_items", "item_no", True),
    ],
)
def test_a_column_is_named_as_the_key_of_its_table(
    relations: Relations, table: str, column: str, own: bool
) -> None:
    assert relations.names_itself(table, column) is own
