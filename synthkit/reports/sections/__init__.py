"""The built-in sections of a report, one file each; `synthkit.reports.plugin` names them."""
