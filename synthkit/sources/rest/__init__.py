"""REST APIs: what api.yaml says, requests, pages, a journal to go on from, tables out of JSON."""
