"""The `guitai` command: one thin module per subcommand, each importing its program only when it is run."""
