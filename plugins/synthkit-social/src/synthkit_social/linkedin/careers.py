"""What people work as: industries, and in each the titles that a career goes through."""

from __future__ import annotations

import numpy as np

__all__ = ["INDUSTRIES", "INDUSTRY_SHARES", "LADDER_COUNTS", "LEVELS", "TITLES"]

LEVELS = ("entry", "associate", "senior", "lead", "director")
LADDERS = {
    "Software": (
        (
            "Junior Software Engineer", "Software Engineer", "Senior Software Engineer",
            "Engineering Lead", "VP Engineering",
        ),
        (
            "Junior Data Analyst", "Data Scientist", "Senior Data Scientist", "Head of Analytics",
            "Chief Data Officer",
        ),
        (
            "Associate Product Manager", "Product Manager", "Senior Product Manager",
            "Group Product Manager", "Director of Product",
        ),
    ),
    "Finance": (
        (
            "Junior Accountant", "Accountant", "Senior Accountant", "Head of Accounting",
            "Chief Financial Officer",
        ),
        ("Risk Trainee", "Risk Analyst", "Senior Risk Analyst", "Risk Manager", "Head of Risk"),
    ),
    "Healthcare": (
        (
            "Student Nurse", "Registered Nurse", "Senior Nurse", "Ward Manager",
            "Director of Nursing",
        ),
        (
            "Laboratory Trainee", "Laboratory Technician", "Senior Laboratory Technician",
            "Laboratory Manager", "Director of Diagnostics",
        ),
    ),
    "Manufacturing": (
        (
            "Trainee Engineer", "Process Engineer", "Senior Process Engineer", "Production Manager",
            "Plant Director",
        ),
        (
            "Quality Inspector", "Quality Engineer", "Senior Quality Engineer", "Quality Manager",
            "Director of Quality",
        ),
    ),
    "Retail": (
        (
            "Sales Assistant", "Shift Supervisor", "Store Manager", "Area Manager",
            "Regional Director",
        ),
        (
            "Assistant Buyer", "Buyer", "Senior Buyer", "Head of Buying", "Chief Merchant",
        ),
    ),
    "Education": (
        ("Teaching Assistant", "Teacher", "Senior Teacher", "Head of Department", "Head Teacher"),
        (
            "Research Assistant", "Lecturer", "Senior Lecturer", "Associate Professor",
            "Dean of Studies",
        ),
    ),
    "Marketing": (
        (
            "Marketing Assistant", "Marketing Manager", "Senior Marketing Manager",
            "Head of Marketing", "Chief Marketing Officer",
        ),
        (
            "Junior Copywriter", "Copywriter", "Senior Copywriter", "Creative Lead",
            "Creative Director",
        ),
    ),
    "Logistics": (
        (
            "Dispatcher", "Logistics Planner", "Senior Logistics Planner", "Warehouse Manager",
            "Director of Operations",
        ),
    ),
}  # fmt: skip
"""By industry, ladders of titles from the first job to the top."""

INDUSTRIES = tuple(LADDERS)
INDUSTRY_SHARES = np.array([24, 13, 13, 13, 11, 9, 10, 7], dtype=float)
TITLES = tuple(tuple(ladder) for ladders in LADDERS.values() for ladder in ladders)
"""All ladders, one industry after the other."""

LADDER_COUNTS = np.array([len(ladders) for ladders in LADDERS.values()])
