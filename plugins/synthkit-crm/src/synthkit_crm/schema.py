"""The tables of the domain, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table

__all__ = ["SCHEMA"]

MOMENT = "%Y-%m-%d %H:%M:%S"


def _id(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="id", storage="int64", nullable=nullable)


def _category(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="categorical", nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="numerical", storage="int64", nullable=nullable)


def _money(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="numerical", storage="decimal128(12, 2)", nullable=nullable)


def _flag(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="boolean", storage="bool", nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> Column:
    return Column(
        name=name, sdtype="datetime", storage="timestamp[us]", format=MOMENT, nullable=nullable
    )


def _day(name: str) -> Column:
    return Column(
        name=name, sdtype="datetime", storage="date32[day]", format="%Y-%m-%d", nullable=False
    )


def _text(name: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype="unknown", nullable=nullable)


def _personal(name: str, sdtype: str, *, nullable: bool = False) -> Column:
    return Column(name=name, sdtype=sdtype, nullable=nullable, pii=True)


EMPLOYEES = Table(
    name="employees",
    columns=(
        _id("id"),
        _personal("first_name", "first_name"),
        _personal("last_name", "last_name"),
        _personal("email", "email"),
        _category("job_title"),
        _category("team"),
        _id("manager_id", nullable=True),
        _day("hired_on"),
    ),
    primary_key=("id",),
    alternate_keys=(("email",),),
)
PRODUCTS = Table(
    name="products",
    columns=(
        _id("id"),
        Column(name="sku", sdtype="id", nullable=False),
        _text("name"),
        _category("category"),
        _money("list_price"),
        _flag("is_subscription"),
        _day("launched_on"),
    ),
    primary_key=("id",),
    alternate_keys=(("sku",),),
    reference=True,
)
CUSTOMERS = Table(
    name="customers",
    columns=(
        _id("id"),
        _category("segment"),
        _personal("first_name", "first_name"),
        _personal("last_name", "last_name"),
        _personal("email", "email"),
        _personal("phone", "phone_number", nullable=True),
        _personal("company", "company", nullable=True),
        _category("job_title", nullable=True),
        _category("industry", nullable=True),
        _category("company_size", nullable=True),
        _number("employee_count", nullable=True),
        _personal("street_address", "street_address"),
        _personal("city", "city"),
        _personal("region", "administrative_unit", nullable=True),
        _personal("postcode", "postcode"),
        Column(name="country_code", sdtype="country_code", nullable=False),
        Column(name="location", sdtype="unknown", format="json", nullable=False, pii=True),
        _category("lead_source"),
        _id("account_manager_id", nullable=True),
        _flag("marketing_opt_in"),
        _category("status"),
        _money("lifetime_value"),
        _number("nps_score", nullable=True),
        _moment("created_at"),
        _moment("last_activity"),
    ),
    primary_key=("id",),
    alternate_keys=(("email",),),
)
PURCHASES = Table(
    name="purchases",
    columns=(
        _id("id"),
        _id("customer_id"),
        _moment("purchase_date"),
        _category("product"),
        _category("channel"),
        _category("status"),
        _category("payment_method", nullable=True),
        _money("amount"),
        _moment("refunded_at", nullable=True),
    ),
    primary_key=("id",),
)
PURCHASE_ITEMS = Table(
    name="purchase_items",
    columns=(
        _id("purchase_id"),
        Column(name="line_no", sdtype="id", storage="int64", nullable=False),
        _id("product_id"),
        _number("quantity"),
        _money("unit_price"),
        _number("discount_percent"),
        _money("line_total"),
    ),
    primary_key=("purchase_id", "line_no"),
)
WEBINARS = Table(
    name="webinars",
    columns=(
        _id("id"),
        _text("title"),
        _category("topic"),
        _id("host_id", nullable=True),
        _moment("starts_at"),
        _number("duration_minutes"),
    ),
    primary_key=("id",),
)
WEBINAR_REGISTRATIONS = Table(
    name="webinar_registrations",
    columns=(
        _id("webinar_id"),
        _id("customer_id"),
        _moment("registered_at"),
        _category("referrer"),
        _flag("attended"),
        _number("attendance_duration", nullable=True),
        _number("feedback_score", nullable=True),
    ),
    primary_key=("webinar_id", "customer_id"),
)
LEADS = Table(
    name="leads",
    columns=(
        _id("id"),
        _moment("created_at"),
        _personal("first_name", "first_name"),
        _personal("last_name", "last_name"),
        _personal("email", "email"),
        _category("lead_source"),
        _category("content_type", nullable=True),
        _text("content_title", nullable=True),
        _category("campaign", nullable=True),
        _number("score"),
        _category("status"),
        _category("lost_reason", nullable=True),
        _money("estimated_value", nullable=True),
        _text("notes", nullable=True),
        _category("utm_source", nullable=True),
        _category("utm_medium", nullable=True),
        _category("utm_campaign", nullable=True),
        _id("owner_id", nullable=True),
        _id("customer_id", nullable=True),
        _moment("converted_at", nullable=True),
    ),
    primary_key=("id",),
)
WHITEPAPERS = Table(
    name="whitepapers",
    columns=(
        _id("id"),
        _text("title"),
        _category("topic"),
        _day("published_on"),
        _number("page_count"),
    ),
    primary_key=("id",),
    reference=True,
)
WHITEPAPER_DOWNLOADS = Table(
    name="whitepaper_downloads",
    columns=(
        _id("id"),
        _id("lead_id"),
        _id("whitepaper_id"),
        _moment("downloaded_at"),
        _category("device"),
        _number("reading_seconds", nullable=True),
    ),
    primary_key=("id",),
)
FORM_SUBMISSIONS = Table(
    name="form_submissions",
    columns=(
        _id("id"),
        _id("lead_id", nullable=True),
        _category("form_type"),
        _moment("submitted_at"),
        _text("message", nullable=True),
        _category("utm_source"),
        _category("utm_medium"),
        _category("utm_campaign", nullable=True),
        _flag("consent"),
    ),
    primary_key=("id",),
)


def _key(table: str, column: str, parent: str, *, unique: bool = False) -> ForeignKey:
    return ForeignKey(
        table=table, columns=(column,), parent=parent, parent_columns=("id",), unique=unique
    )


def _after(table: str, column: str, parent: str, low: str, key: str) -> Inequality:
    """Return the rule that something happens no earlier than something of its parent."""
    return Inequality(table=table, low=low, high=column, parent=parent, foreign_key=(key,))


def _before(table: str, column: str, parent: str, high: str, key: str) -> Inequality:
    """Return the rule that something is no later or larger than something of its parent."""
    return Inequality(
        table=table, low=column, high=high, parent=parent, parent_side="high", foreign_key=(key,)
    )


SCHEMA = Schema(
    tables=(
        EMPLOYEES,
        PRODUCTS,
        WEBINARS,
        WHITEPAPERS,
        CUSTOMERS,
        PURCHASES,
        PURCHASE_ITEMS,
        WEBINAR_REGISTRATIONS,
        LEADS,
        WHITEPAPER_DOWNLOADS,
        FORM_SUBMISSIONS,
    ),
    foreign_keys=(
        _key("employees", "manager_id", "employees"),
        _key("webinars", "host_id", "employees"),
        _key("customers", "account_manager_id", "employees"),
        _key("purchases", "customer_id", "customers"),
        _key("purchase_items", "purchase_id", "purchases"),
        _key("purchase_items", "product_id", "products"),
        _key("webinar_registrations", "webinar_id", "webinars"),
        _key("webinar_registrations", "customer_id", "customers"),
        _key("leads", "owner_id", "employees"),
        _key("leads", "customer_id", "customers", unique=True),
        _key("whitepaper_downloads", "lead_id", "leads"),
        _key("whitepaper_downloads", "whitepaper_id", "whitepapers"),
        _key("form_submissions", "lead_id", "leads"),
    ),
    rules=(
        Inequality(table="customers", low="created_at", high="last_activity"),
        Inequality(table="purchases", low="purchase_date", high="refunded_at"),
        Inequality(table="leads", low="created_at", high="converted_at"),
        _after("purchases", "purchase_date", "customers", "created_at", "customer_id"),
        _before("purchases", "purchase_date", "customers", "last_activity", "customer_id"),
        _before("purchase_items", "line_total", "purchases", "amount", "purchase_id"),
        _after("webinar_registrations", "registered_at", "customers", "created_at", "customer_id"),
        _before(
            "webinar_registrations", "registered_at", "customers", "last_activity", "customer_id"
        ),
        _before("webinar_registrations", "registered_at", "webinars", "starts_at", "webinar_id"),
        _before(
            "webinar_registrations",
            "attendance_duration",
            "webinars",
            "duration_minutes",
            "webinar_id",
        ),
        _before("leads", "created_at", "customers", "created_at", "customer_id"),
        _after("whitepaper_downloads", "downloaded_at", "leads", "created_at", "lead_id"),
        _after("form_submissions", "submitted_at", "leads", "created_at", "lead_id"),
        Dependency(table="customers", determinant=("country_code", "city"), dependent="region"),
        Dependency(table="customers", determinant=("country_code", "postcode"), dependent="city"),
        Dependency(
            table="customers", determinant=("country_code", "company"), dependent="industry"
        ),
        Dependency(
            table="customers", determinant=("country_code", "company"), dependent="company_size"
        ),
    ),
)
"""Eleven tables: three roots of fixed size, the customers and leads, and what they do."""
