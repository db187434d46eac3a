"""The SQLite kernel: connections, migrations, and the unit of work in which every command runs."""
