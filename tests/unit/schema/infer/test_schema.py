"""Whole databases in the style of well-known ones: every key is found and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

DATABASES = {
    "northwind": """
Categories 8
  *CategoryID: serial
  CategoryName: words
Suppliers 29
  *SupplierID: serial
  CompanyName: words
  Country: pick 10
Products 77
  *ProductID: serial
  ProductName: words
  SupplierID -> Suppliers(SupplierID)
  CategoryID -> Categories(CategoryID)
  UnitPrice: float 2 90
  UnitsInStock: int 0 120
  ReorderLevel: int 0 30
Customers 91
  *CustomerID: letters 5
  CompanyName: words
  City: pick 40
Employees 9
  *EmployeeID: serial
  LastName: words
  ReportsTo -> Employees(EmployeeID) null .1 first .5
Shippers 3
  *ShipperID: serial
  CompanyName: words
Orders 830
  *OrderID: serial 10248
  CustomerID -> Customers(CustomerID)
  EmployeeID -> Employees(EmployeeID)
  OrderDate: date
  ShipVia -> Shippers(ShipperID)
  Freight: float 0 200
  ShipCity: pick 40
Order Details 2155
  *OrderID -> Orders(OrderID)
  *ProductID -> Products(ProductID)
  UnitPrice: float 2 90
  Quantity: int 1 120
Region 4
  *RegionID: serial
  RegionDescription: words
Territories 53
  *TerritoryID: code 0
  TerritoryDescription: words
  RegionID -> Region(RegionID)
EmployeeTerritories 49
  *EmployeeID -> Employees(EmployeeID)
  *TerritoryID -> Territories(TerritoryID)
""",
    "employees": """
employees 900
  *emp_no: serial 10001
  birth_date: date
  first_name: pick 200
  gender: pick 2
departments 9
  *dept_no: code d
  dept_name: words
dept_emp 1100
  *emp_no -> employees(emp_no)
  *dept_no -> departments(dept_no)
  from_date: date
dept_manager 24
  *emp_no -> employees(emp_no)
  *dept_no -> departments(dept_no)
  from_date: date
salaries 5000
  *emp_no -> employees(emp_no)
  salary: int 38000 150000
  *from_date: date 600
""",
    "formula one": """
seasons 70
  *year: serial 1950
  url: words
circuits 77
  *circuitId: serial
  circuitRef: words
  lat: float -40 60
races 1000
  *raceId: serial
  year -> seasons(year)
  round: int 1 22
  circuitId -> circuits(circuitId)
  date: date
drivers 400
  *driverId: serial
  number: int 1 99
  code: letters 3
constructors 200
  *constructorId: serial
  name: words
status 130
  *statusId: serial
  status: words
results 6000
  *resultId: serial
  raceId -> races(raceId)
  driverId -> drivers(driverId)
  constructorId -> constructors(constructorId)
  grid: int 0 24
  position: int 1 24
  points: float 0 25
  statusId -> status(statusId)
lap_times 6000
  *raceId -> races(raceId) first .1
  *driverId -> drivers(driverId)
  *lap: int 1 60
  position: int 1 22
  milliseconds: int 70000 120000
""",
    "movielens": """
users 943
  *user_id: serial
  age: int 7 73
  gender: pick 2
  occupation: pick 21
movies 1682
  *movie_id: serial
  title: words
ratings 9000
  *user_id -> users(user_id)
  *movie_id -> movies(movie_id)
  rating: int 1 5
  timestamp: time
""",
    "financial": """
district 77
  *district_id: serial
  A2: words
  A3: pick 8
  A4: int 40000 1200000
client 800
  *client_id: serial
  gender: pick 2
  birth_date: date
  district_id -> district(district_id)
account 700
  *account_id: serial
  district_id -> district(district_id)
  frequency: pick 3
disp 800
  *disp_id: serial
  client_id -> client(client_id) unique
  account_id -> account(account_id)
  type: pick 2
card 90
  *card_id: serial
  disp_id -> disp(disp_id) unique
  type: pick 3
loan 250
  *loan_id: gaps 7
  account_id -> account(account_id) unique
  amount: int 5000 500000
  duration: int 12 60
order 900
  *order_id: serial 29401
  account_id -> account(account_id)
  bank_to: pick 13
  account_to: int 100000 99999999
trans 4000
  *trans_id: gaps 3
  account_id -> account(account_id)
  amount: float 1 90000
  k_symbol: pick 8
""",
    "stack overflow": """
Users 700
  *Id: serial
  DisplayName: words
  Reputation: int 1 5000
  CreationDate: time
  AccountId: gaps 40
Posts 2500
  *Id: serial
  PostTypeId: int 1 2
  ParentId -> Posts(Id) null .4
  Score: int -5 100
  OwnerUserId -> Users(Id) null .1
  LastEditorUserId -> Users(Id) null .6 first .3
  CreationDate: time
Comments 3000
  *Id: serial
  PostId -> Posts(Id)
  UserId -> Users(Id)
  Score: int 0 20
Votes 4000
  *Id: serial
  PostId -> Posts(Id)
  VoteTypeId: int 1 10
Badges 900
  *Id: serial
  UserId -> Users(Id)
  Name: pick 40
  Class: int 1 3
PostLinks 300
  *Id: serial
  PostId -> Posts(Id)
  RelatedPostId -> Posts(Id)
  LinkTypeId: int 1 3
""",
    "rossmann": """
store 200
  *Store: serial
  StoreType: pick 4
  Assortment: pick 3
  CompetitionDistance: float 20 7000
train 6000
  Store -> store(Store)
  DayOfWeek: int 1 7
  Date: date
  Sales: int 0 20000
  Customers: int 0 2000
  Open: int 0 1
""",
    "world": """
country 200
  *Code: letters 3
  Name: words
  Continent: pick 7
  Population: int 1000 1000000000
city 3000
  *ID: serial
  Name: words
  CountryCode -> country(Code)
  Population: int 100 9000000
countrylanguage 900
  *CountryCode -> country(Code)
  *Language: pick 300
  IsOfficial: pick 2
  Percentage: float 0 100
""",
    "airline": """
airlines 14
  *IATA_CODE: letters 2
  AIRLINE: words
airports 320
  *IATA_CODE: letters 3
  AIRPORT: words
  LATITUDE: float 18 70
flights 6000
  YEAR: int 2015 2015
  MONTH: int 1 12
  DAY: int 1 28
  AIRLINE -> airlines(IATA_CODE)
  FLIGHT_NUMBER: int 1 7000
  ORIGIN_AIRPORT -> airports(IATA_CODE)
  DESTINATION_AIRPORT -> airports(IATA_CODE)
  DEPARTURE_DELAY: int -20 200
""",
    "classic models": """
offices 7
  *officeCode: serial
  city: words
employees 23
  *employeeNumber: gaps 60
  lastName: words
  officeCode -> offices(officeCode)
  reportsTo -> employees(employeeNumber) null .05 first .3
customers 122
  *customerNumber: gaps 4
  customerName: words
  salesRepEmployeeNumber -> employees(employeeNumber) null .2
  creditLimit: float 0 200000
productlines 7
  *productLine: words
  textDescription: prose
products 110
  *productCode: code S10_
  productName: words
  productLine -> productlines(productLine)
  quantityInStock: int 0 9999
orders 326
  *orderNumber: serial 10100
  orderDate: date
  customerNumber -> customers(customerNumber)
orderdetails 2996
  *orderNumber -> orders(orderNumber)
  *productCode -> products(productCode)
  quantityOrdered: int 6 97
  orderLineNumber: int 1 18
payments 273
  customerNumber -> customers(customerNumber)
  *checkNumber: letters 8
  amount: float 600 120000
""",
    "tpc-h": """
region 5
  *r_regionkey: serial
  r_name: words
nation 25
  *n_nationkey: serial
  n_name: words
  n_regionkey -> region(r_regionkey)
supplier 100
  *s_suppkey: serial
  s_nationkey -> nation(n_nationkey)
  s_acctbal: float -900 9000
part 400
  *p_partkey: serial
  p_brand: pick 25
  p_size: int 1 50
partsupp 1600
  *ps_partkey -> part(p_partkey)
  *ps_suppkey -> supplier(s_suppkey)
  ps_availqty: int 1 9999
customer 500
  *c_custkey: serial
  c_nationkey -> nation(n_nationkey)
  c_mktsegment: pick 5
orders 2000
  *o_orderkey: gaps 4
  o_custkey -> customer(c_custkey)
  o_orderdate: date
  o_shippriority: int 0 0
""",
    "online shop (olist)": """
olist_customers_dataset 900
  *customer_id: uuid
  customer_zip_code_prefix: int 1003 99990
  customer_city: pick 100
olist_sellers_dataset 90
  *seller_id: uuid
  seller_zip_code_prefix: int 1003 99990
olist_products_dataset 300
  *product_id: uuid
  product_category_name: pick 40
  product_weight_g: int 50 30000
olist_orders_dataset 900
  *order_id: uuid
  customer_id -> olist_customers_dataset(customer_id) unique
  order_status: pick 6
  order_purchase_timestamp: time
olist_order_payments_dataset 1200
  order_id -> olist_orders_dataset(order_id)
  payment_type: pick 4
  payment_installments: int 1 10
  payment_value: float 1 900
olist_order_reviews_dataset 900
  *review_id: uuid
  order_id -> olist_orders_dataset(order_id)
  review_score: int 1 5
""",
    "imdb": """
directors 300
  *id: gaps 30
  first_name: pick 90
  last_name: words
actors 900
  *id: gaps 30
  first_name: pick 90
  last_name: words
movies 700
  *id: gaps 30
  name: words
  year: int 1950 2008
  rank: float 1 10
movies_directors 800
  *director_id -> directors(id)
  *movie_id -> movies(id)
movies_genres 900
  *movie_id -> movies(id)
  *genre: pick 20
roles 4000
  *actor_id -> actors(id)
  *movie_id -> movies(id)
  role: pick 900
""",
}


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_key_is_found_and_no_other(
    name: str, seed: int, database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(DATABASES[name], seed)
    assert found_keys(made.infer().schema) == made.true_keys()
