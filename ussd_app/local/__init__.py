"""The one-command stack: embedded services, networks, web and workers under one launcher."""
