"""A CRM domain for synthkit: customers with their purchases, leads, webinars and forms."""
