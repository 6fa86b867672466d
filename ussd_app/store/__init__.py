"""The SQL: tables, migrations, and one module of plain functions per aggregate."""
