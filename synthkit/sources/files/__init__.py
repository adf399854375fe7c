"""Tables from files: CSV, TSV, JSON, JSON lines and Parquet, in a folder or alone."""
