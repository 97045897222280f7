"""A read operation as one SQL statement that answers with JSON, equal to the executor's answer (ARCHITECTURE §5)."""
