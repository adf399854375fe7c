"""The tables of the domain, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    after,
    before,
    category,
    day,
    decimal,
    flag,
    identifier,
    key,
    moment,
    number,
    personal,
    words,
)
from synthkit.schema import Column, Dependency, Inequality, Schema, Table

__all__ = ["SCHEMA"]

EMPLOYEES = Table(
    name="employees",
    columns=(
        identifier("id"),
        personal("first_name", "first_name"),
        personal("last_name", "last_name"),
        personal("email", "email"),
        category("job_title"),
        category("team"),
        identifier("manager_id", nullable=True),
        day("hired_on"),
    ),
    primary_key=("id",),
    alternate_keys=(("email",),),
)
PRODUCTS = Table(
    name="products",
    columns=(
        identifier("id"),
        Column(name="sku", sdtype="id", nullable=False),
        words("name"),
        category("category"),
        decimal("list_price", 2),
        flag("is_subscription"),
        day("launched_on"),
    ),
    primary_key=("id",),
    alternate_keys=(("sku",),),
    reference=True,
)
CUSTOMERS = Table(
    name="customers",
    columns=(
        identifier("id"),
        category("segment"),
        personal("first_name", "first_name"),
        personal("last_name", "last_name"),
        personal("email", "email"),
        personal("phone", "phone_number", nullable=True),
        personal("company", "company", nullable=True),
        category("job_title", nullable=True),
        category("industry", nullable=True),
        category("company_size", nullable=True),
        number("employee_count", nullable=True),
        personal("street_address", "street_address"),
        personal("city", "city"),
        personal("region", "administrative_unit", nullable=True),
        personal("postcode", "postcode"),
        Column(name="country_code", sdtype="country_code", nullable=False),
        Column(name="location", sdtype="unknown", format="json", nullable=False, pii=True),
        category("lead_source"),
        identifier("account_manager_id", nullable=True),
        flag("marketing_opt_in"),
        category("status"),
        decimal("lifetime_value", 2),
        number("nps_score", nullable=True),
        moment("created_at"),
        moment("last_activity"),
    ),
    primary_key=("id",),
    alternate_keys=(("email",),),
)
PURCHASES = Table(
    name="purchases",
    columns=(
        identifier("id"),
        identifier("customer_id"),
        moment("purchase_date"),
        category("product"),
        category("channel"),
        category("status"),
        category("payment_method", nullable=True),
        decimal("amount", 2),
        moment("refunded_at", nullable=True),
    ),
    primary_key=("id",),
)
PURCHASE_ITEMS = Table(
    name="purchase_items",
    columns=(
        identifier("purchase_id"),
        identifier("line_no"),
        identifier("product_id"),
        number("quantity"),
        decimal("unit_price", 2),
        number("discount_percent"),
        decimal("line_total", 2),
    ),
    primary_key=("purchase_id", "line_no"),
)
WEBINARS = Table(
    name="webinars",
    columns=(
        identifier("id"),
        words("title"),
        category("topic"),
        identifier("host_id", nullable=True),
        moment("starts_at"),
        number("duration_minutes"),
    ),
    primary_key=("id",),
)
WEBINAR_REGISTRATIONS = Table(
    name="webinar_registrations",
    columns=(
        identifier("id"),
        identifier("webinar_id"),
        identifier("customer_id"),
        moment("registered_at"),
        category("referrer"),
        flag("attended"),
        number("attendance_duration", nullable=True),
        number("feedback_score", nullable=True),
    ),
    primary_key=("id",),
    alternate_keys=(("webinar_id", "customer_id"),),
)
LEADS = Table(
    name="leads",
    columns=(
        identifier("id"),
        moment("created_at"),
        personal("first_name", "first_name"),
        personal("last_name", "last_name"),
        personal("email", "email"),
        category("lead_source"),
        category("content_type", nullable=True),
        words("content_title", nullable=True),
        category("campaign", nullable=True),
        number("score"),
        category("status"),
        category("lost_reason", nullable=True),
        decimal("estimated_value", 2, nullable=True),
        words("notes", nullable=True),
        category("utm_source", nullable=True),
        category("utm_medium", nullable=True),
        category("utm_campaign", nullable=True),
        identifier("owner_id", nullable=True),
        identifier("customer_id", nullable=True),
        moment("converted_at", nullable=True),
    ),
    primary_key=("id",),
)
WHITEPAPERS = Table(
    name="whitepapers",
    columns=(
        identifier("id"),
        words("title"),
        category("topic"),
        day("published_on"),
        number("page_count"),
    ),
    primary_key=("id",),
    reference=True,
)
WHITEPAPER_DOWNLOADS = Table(
    name="whitepaper_downloads",
    columns=(
        identifier("id"),
        identifier("lead_id"),
        identifier("whitepaper_id"),
        moment("downloaded_at"),
        category("device"),
        number("reading_seconds", nullable=True),
    ),
    primary_key=("id",),
)
FORM_SUBMISSIONS = Table(
    name="form_submissions",
    columns=(
        identifier("id"),
        identifier("lead_id", nullable=True),
        category("form_type"),
        moment("submitted_at"),
        words("message", nullable=True),
        category("utm_source"),
        category("utm_medium"),
        category("utm_campaign", nullable=True),
        flag("consent"),
    ),
    primary_key=("id",),
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
        key("employees", "manager_id", "employees"),
        key("webinars", "host_id", "employees"),
        key("customers", "account_manager_id", "employees"),
        key("purchases", "customer_id", "customers"),
        key("purchase_items", "purchase_id", "purchases"),
        key("purchase_items", "product_id", "products"),
        key("webinar_registrations", "webinar_id", "webinars"),
        key("webinar_registrations", "customer_id", "customers"),
        key("leads", "owner_id", "employees"),
        key("leads", "customer_id", "customers", unique=True),
        key("whitepaper_downloads", "lead_id", "leads"),
        key("whitepaper_downloads", "whitepaper_id", "whitepapers"),
        key("form_submissions", "lead_id", "leads"),
    ),
    rules=(
        Inequality(table="customers", low="created_at", high="last_activity"),
        Inequality(table="purchases", low="purchase_date", high="refunded_at"),
        Inequality(table="leads", low="created_at", high="converted_at"),
        after("purchases", "purchase_date", "customers", "created_at", "customer_id"),
        before("purchases", "purchase_date", "customers", "last_activity", "customer_id"),
        before("purchase_items", "line_total", "purchases", "amount", "purchase_id"),
        after("webinar_registrations", "registered_at", "customers", "created_at", "customer_id"),
        before(
            "webinar_registrations", "registered_at", "customers", "last_activity", "customer_id"
        ),
        before("webinar_registrations", "registered_at", "webinars", "starts_at", "webinar_id"),
        before(
            "webinar_registrations",
            "attendance_duration",
            "webinars",
            "duration_minutes",
            "webinar_id",
        ),
        before("leads", "created_at", "customers", "created_at", "customer_id"),
        after("whitepaper_downloads", "downloaded_at", "leads", "created_at", "lead_id"),
        after("form_submissions", "submitted_at", "leads", "created_at", "lead_id"),
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
