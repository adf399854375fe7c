"""Foreign keys one habit of naming at a time, and what must not be taken for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STYLES = {
    "names that differ in their numbers": """
table_01 200
  *t01_id: serial
  size: float 1 90
table_02 400
  *t02_id: serial
  t01_id -> table_01(t01_id)
  size: float 1 90
table_03 500
  *t03_id: serial
  t02_id -> table_02(t02_id)
  t01_id -> table_01(t01_id)
  size: float 1 90
""",
    "surrogate ids that lie in each other": """
users 300
  *id: serial
  email: words
products 120
  *id: serial
  name: words
orders 200
  *id: serial
  user_id -> users(id)
  product_id -> products(id)
  quantity: int 1 9
order_items 900
  *id: serial
  order_id -> orders(id)
  product_id -> products(id)
""",
    "prefixes of tables and keys": """
tbl_Customers 120
  *pk_customer: serial
  full_name: words
tbl_Orders 400
  *pk_order: serial
  fk_customer -> tbl_Customers(pk_customer)
  total: float 1 90
tbl_OrderLines 900
  *pk_order_line: serial
  fk_order -> tbl_Orders(pk_order)
  amount: float 1 90
""",
    "id before the name, French": """
client 150
  *id_client: serial
  nom: words
commande 500
  *id_commande: serial
  id_client -> client(id_client)
  date_commande: date
ligne_commande 900
  *id_ligne: serial
  id_commande -> commande(id_commande)
  quantite: int 1 9
""",
    "German": """
Kunden 140
  *kunde_id: serial
  nachname: words
  ort: pick 30
Produkte 90
  *produkt_nr: serial 1000
  bezeichnung: words
  preis: float 1 90
Bestellungen 500
  *bestellnummer: serial 5000
  kunden_id -> Kunden(kunde_id)
  bestelldatum: date
Bestellpositionen 900
  *id: serial
  bestell_nr -> Bestellungen(bestellnummer)
  produkt_nr -> Produkte(produkt_nr)
  menge: int 1 9
Lagerorte 12
  *lagerort_id: serial
  name: words
Lagerbestand 300
  *produkt_nr -> Produkte(produkt_nr)
  *lagerort_id -> Lagerorte(lagerort_id)
  bestand: int 0 90
""",
    "irregular plurals": """
people 200
  *person_id: serial
  given_name: words
children 150
  *child_id: serial
  person_id -> people(person_id)
categories 9
  *category_id: serial
  label: words
companies 40
  *company_id: serial
  label: words
activities 600
  *activity_id: serial
  child_id -> children(child_id)
  category_id -> categories(category_id)
  company_id -> companies(company_id) null .2
addresses 180
  *address_id: serial
  person_id -> people(person_id)
statuses 5
  *status_id: serial
  label: words
cases 300
  *case_id: serial
  status_id -> statuses(status_id)
""",
    "several keys to one parent": """
accounts 300
  *id: serial
  iban: words
transfers 900
  *id: serial
  from_account -> accounts(id)
  to_account -> accounts(id)
  amount: float 1 900
addresses 200
  *id: serial
  street: words
purchases 400
  *id: serial
  billing_address_id -> addresses(id)
  shipping_address_id -> addresses(id) null .3
  account_id -> accounts(id)
teams 20
  *id: serial
  name: words
matches 300
  *id: serial
  home_team_id -> teams(id)
  away_team_id -> teams(id)
  winner_id: int 1 2
  home_goals: int 0 6
  away_goals: int 0 6
""",
    "people in roles": """
users 250
  *id: serial
  username: words
projects 60
  *id: serial
  name: words
  owner_id -> users(id)
  created_by -> users(id) first .05
tickets 700
  *id: serial
  project_id -> projects(id)
  reporter_id -> users(id)
  assignee_id -> users(id) null .2
  priority: int 1 5
  parent_id -> tickets(id) null .7 first .2
  updated_by -> users(id) null .3
""",
    "trees": """
employees 400
  *id: serial
  name: words
  manager_id -> employees(id) null .02 first .1
categories 60
  *id: serial
  name: words
  parent_category_id -> categories(id) null .2 first .3
comments 900
  *id: serial
  author_id -> employees(id)
  reply_to_id -> comments(id) null .5
  likes: int 0 300
""",
    "composite keys and keys to them": """
seasons 12
  *season_id: serial
  label: words
clubs 18
  *club_id: serial
  name: words
squads 200
  *season_id -> seasons(season_id)
  *club_id -> clubs(club_id)
  budget: float 1 90
squad_sponsors 150
  *id: serial
  season_id, club_id -> squads(season_id, club_id)
  amount: float 1 90
""",
    "weak entity that is pointed at": """
branch 30
  *branch_no: code B
  city: pick 20
room 250
  *branch_no -> branch(branch_no)
  *room_no: int 1 90
  size: int 10 90
booking 900
  *booking_id: serial
  branch_no, room_no -> room(branch_no, room_no)
  night: date
""",
    "one row each": """
users 300
  *id: serial
  login: words
user_profiles 200
  *user_id -> users(id) unique
  biography: prose
  birth_date: date
patients 200
  *patient_id: serial
  last_name: words
insurance 180
  *insurance_id: serial
  patient_id -> patients(patient_id) unique
  premium: float 10 900
""",
    "uuids and codes": """
currencies 30
  *code: letters 3
  label: words
customers 200
  *uuid: uuid
  name: words
  currency -> currencies(code)
invoices 500
  *uuid: uuid
  payer -> customers(uuid)
  currency_code -> currencies(code)
  total: float 1 900
""",
    "star schema": """
dim_customer 200
  *customer_key: serial
  segment: pick 4
dim_product 80
  *product_key: serial
  brand: pick 12
dim_store 25
  *store_key: serial
  square_metres: int 80 4000
fact_sales 3000
  customer_key -> dim_customer(customer_key)
  product_key -> dim_product(product_key)
  store_key -> dim_store(store_key)
  units: int 1 20
  revenue: float 1 900
""",
    "words run together": """
department 9
  *deptid: serial
  deptname: words
student 300
  *studentid: serial
  deptid -> department(deptid)
  gpa: float 1 4
course 40
  *courseid: serial
  deptid -> department(deptid)
  credits: int 1 6
enrollment 1500
  *studentid -> student(studentid)
  *courseid -> course(courseid)
  grade: int 1 5
""",
    "upper case and spaces": """
PATIENT 150
  *PATIENT ID: serial
  SEX: pick 2
DOCTOR 25
  *DOCTOR ID: serial
  SPECIALTY: pick 8
VISIT 700
  *VISIT ID: serial
  PATIENT ID -> PATIENT(PATIENT ID)
  DOCTOR ID -> DOCTOR(DOCTOR ID)
  WEIGHT: float 40 120
""",
    "no keys at all": """
readings 3000
  time: time
  celsius: float -20 40
  humidity: int 0 100
  station: pick 12
census 900
  age: int 17 90
  education: pick 16
  hours: int 1 99
""",
    "one tenant above all": """
tenants 12
  *id: serial
  name: words
users 200
  *id: serial
  tenant_id -> tenants(id)
  email: words
documents 600
  *id: serial
  tenant_id -> tenants(id)
  owner_user_id -> users(id)
  folder_id: int 1 900
  page_count: int 1 40
""",
    "a customer management system": """
companies 90
  *company_id: code COM-
  industry: pick 9
contacts 300
  *contact_id: code CON-
  company_id -> companies(company_id)
  email: words
campaigns 12
  *campaign_id: code CMP-
  channel: pick 4
deals 250
  *deal_id: code DEA-
  contact_id -> contacts(contact_id)
  campaign_id -> campaigns(campaign_id) null .4
  stage: pick 5
  value: float 100 90000
webinars 20
  *webinar_id: code WEB-
  topic: words
webinar_registrations 600
  *registration_id: code REG-
  webinar_id -> webinars(webinar_id)
  contact_id -> contacts(contact_id)
  attended: bool
""",
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_key_is_found_and_no_other(
    style: str, seed: int, database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(STYLES[style], seed)
    assert found_keys(made.infer().schema) == made.true_keys()
